import { UsageError } from '@bitten/runtime';
import {
  createStandardCatalogue,
  describeClass,
  envelopeInfo,
  type FieldInfo,
  schemaInfo,
} from '@bitten/schema';
import type { Command } from 'commander';
import type { CommandContext } from '../command.js';
import { renderTable } from '../show/table.js';
import { widthOf } from '../show/terminal.js';
import type { SchemaCheckOptions } from './schema-check.js';

export function addSchema(command: Command, context: CommandContext): void {
  command
    .command('list')
    .description('the event types, with what each says')
    .option('--json', 'print JSON, one type a line')
    .action((options: { json?: true }) => listTypes(options.json === true));
  command
    .command('show')
    .description('the fields of a type and their rules')
    .argument('<type>', 'an event type, or envelope for the fields every event has')
    .option('--json', 'print JSON')
    .option('--json-schema', 'print the JSON Schema of the whole event (draft 2020-12)')
    .action(showType);
  command
    .command('check')
    .description('what the bus would refuse of a file, line by line')
    .argument('<file>', 'events: one JSON object a line, one list, or one object; - for standard input')
    .option('-t, --type <type>', 'the file holds data of this type, not whole events')
    .option('--aliases', 'also take the names and defaults that publish, import and the bridge take')
    .option('--json', 'print JSON, one invalid event a line')
    .action(async (file: string, options: SchemaCheckOptions) => {
      await (await import('./schema-check.js')).checkSchema(file, options, context);
    });
  command.addHelpText(
    'after',
    `
Examples:
  bitten schema list
  bitten schema show fire_command
  bitten schema show envelope
  bitten schema show signal_generated --json-schema > signal_generated.schema.json
  bitten schema check events.jsonl
  jq -c .data signals.jsonl | bitten schema check - --type signal_generated

A type that is not listed is accepted too, on the rules of the envelope alone. check holds a file to the rules of
the wire, as the bus does; its exit code is 1 where anything is invalid.
`,
  );
}

function listTypes(json: boolean): void {
  const infos = createStandardCatalogue()
    .types()
    .map((type) => schemaInfo(type)!);
  if (json) {
    for (const { type, description, required } of infos)
      print(JSON.stringify({ type, description, required }));
    return;
  }
  const rows = infos.map(({ type, description, required }) => [type, description, required.join(', ')]);
  print(renderTable({ head: ['type', 'what it says', 'required'], rows, width: widthOf(process.stdout) }));
}

async function showType(type: string, options: { json?: true; jsonSchema?: true }): Promise<void> {
  if (type === 'envelope' && !options.jsonSchema) {
    const fields = envelopeInfo();
    print(options.json ? JSON.stringify({ type, fields }, null, 2) : fieldTable(fields));
    return;
  }
  const info = schemaInfo(type);
  if (info === undefined) {
    const types = createStandardCatalogue().types().join(', ');
    throw new UsageError(`${type} is not a standard type`, `one of ${types}, or envelope`);
  }
  if (options.jsonSchema) {
    const { jsonSchema } = await import('@bitten/schema/json-schema');
    print(JSON.stringify(jsonSchema(type), null, 2));
  } else if (options.json) print(JSON.stringify(info, null, 2));
  else print(`${type}: ${info.description}\n${describeClass(info)}\n\n${fieldTable(info.fields)}`);
}

function fieldTable(fields: Readonly<Record<string, FieldInfo>>): string {
  const rows = Object.entries(fields).map(([name, { required, constraint, meaning }]) => [
    name,
    required ? 'required' : '',
    constraint,
    meaning,
  ]);
  return renderTable({ head: ['field', '', 'rule', 'meaning'], rows, width: widthOf(process.stdout) });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
