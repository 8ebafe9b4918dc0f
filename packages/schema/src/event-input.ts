import type { aliases, defaults } from './aliases.js';
import type { EventData, EventType } from './events/index.js';

/**
 * What a caller may pass for a standard type: its data under the canonical names or the aliases, without the
 * fields that `withAliases` fills in, and with ids as strings or numbers. A required field must be there under
 * one of its names.
 */
export type EventInput<Type extends EventType> = Named<Data<Type>, AliasesOf<Type>, DefaultedOf<Type>> &
  Record<string, unknown>;

type AliasesOf<Type> = Type extends keyof typeof aliases ? (typeof aliases)[Type] : unknown;
type DefaultedOf<Type> = Type extends keyof typeof defaults ? keyof (typeof defaults)[Type] : never;

/** The declared fields of a type's data, without the index signature that stands for unknown ones. */
type Data<Type extends EventType> = Declared<EventData<Type>>;
type Declared<Fields> = { [Key in keyof Fields as string extends Key ? never : Key]: Fields[Key] };

type Named<Fields, Table, Defaulted> = Plain<Fields, Table, Defaulted> & Aliased<Fields, Table>;

/** The fields that go by one name only, those with a default optional. */
type Plain<Fields, Table, Defaulted> = {
  [Key in keyof Fields as Exclude<Key, keyof Table | Defaulted>]: Widened<Key, Fields[Key]>;
} & { [Key in keyof Fields & Defaulted]?: Fields[Key] | null | undefined };

/** One object type for each field with aliases, joined. */
type Aliased<Fields, Table> = Joined<
  {
    [Key in keyof Fields & keyof Table]: Table[Key] extends readonly (infer Alias extends string)[]
      ? OneName<Key & string, Alias, Fields[Key]>
      : never;
  }[keyof Fields & keyof Table]
>;

/** In a box while the union is made, so that `Joined` meets each field's choice of names as one. */
type OneName<Key extends string, Alias extends string, Value> = undefined extends Value
  ? { box: { [Name in Key | Alias]?: Widened<Key, Value> } }
  : {
      box: {
        [Name in Key | Alias]: { [Each in Name]: Widened<Key, Value> } & {
          [Other in Exclude<Key | Alias, Name>]?: unknown;
        };
      }[Key | Alias];
    };

/** The intersection of all boxes' contents; of none, no demand at all. */
type Joined<Boxes> = [Boxes] extends [never]
  ? unknown
  : (Boxes extends { box: infer Content } ? (given: { box: Content }) => void : never) extends (given: {
        box: infer Whole;
      }) => void
    ? Whole
    : never;

type Widened<Key, Value> = Key extends 'user_id' | 'account_number' ? Value | number | bigint : Value;
