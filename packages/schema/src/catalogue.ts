import type { EventDefinition } from './define.js';
import { BittenError } from './errors.js';
import { type EventType, standardDefinitions } from './events/index.js';

/** The event types one program knows, with their rules. A type that is not here passes on its envelope alone. */
export class Catalogue {
  readonly #definitions = new Map<string, EventDefinition>();

  /** Throws `DuplicateTypeError` where two definitions have the same type. */
  constructor(definitions: Iterable<EventDefinition> = []) {
    for (const definition of definitions) this.register(definition);
  }

  /**
   * Adds a type; the same definition may be added again. Throws `DuplicateTypeError` where the type is defined
   * otherwise already: two rules for one type would make an event valid in one program and not in another.
   */
  register(definition: EventDefinition): this {
    const known = this.#definitions.get(definition.type);
    if (known !== undefined && known !== definition) throw new DuplicateTypeError(definition.type);
    this.#definitions.set(definition.type, definition);
    return this;
  }

  /** The rules of a type; undefined for one that is accepted on its envelope alone. */
  get(type: string): EventDefinition | undefined {
    return this.#definitions.get(type);
  }

  /** The names of the types, in the order they were added. */
  types(): string[] {
    return [...this.#definitions.keys()];
  }
}

/** A catalogue of the standard types and, with them, types of your own. */
export function createStandardCatalogue(own: Iterable<EventDefinition> = []): Catalogue {
  return new Catalogue([...Object.values(standardDefinitions), ...own]);
}

/** Whether a name is that of one of the types of {@link standardDefinitions}. */
export function isStandardType(type: string): type is EventType {
  return Object.hasOwn(standardDefinitions, type);
}

/** An event type is defined twice. */
export class DuplicateTypeError extends BittenError {
  constructor(type: string) {
    super('duplicate_type', `the event type ${type} is defined twice`, {
      found: `a second definition of ${type}`,
      expected: 'one definition for each type',
      remedy: 'give your own type another name, or share one definition between the programs',
    });
  }
}
