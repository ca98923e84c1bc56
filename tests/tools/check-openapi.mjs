// Reads {document, answers} from standard input and says what is wrong: with the document by the rules of its
// OpenAPI version, with the examples in it, and with answers that the server gave.
import { Validator } from '@seriousme/openapi-schema-validator';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';
import { text } from 'node:stream/consumers';

const { document, answers } = JSON.parse(await text(process.stdin));
const faults = [];

const { valid, errors } = await new Validator().validate(structuredClone(document));
if (!valid) faults.push(`the document: ${typeof errors === 'string' ? errors : JSON.stringify(errors)}`);

// OpenAPI 3.1 schemas are JSON Schema 2020-12, with a few words of their own.
const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats(ajv);
// Bounds of whole numbers only, which say nothing about JSON as JavaScript reads it.
for (const format of ['int32', 'int64']) ajv.addFormat(format, true);
ajv.addSchema(document, 'document');

function check(what, pointer, value) {
  const validate = ajv.getSchema(`document#${pointer}`);
  if (!validate) faults.push(`${what}: there is no schema at ${pointer}`);
  else if (!validate(value)) faults.push(`${what}: ${ajv.errorsText(validate.errors)}`);
}

const escape = (name) => encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));

function checkExamples(node, pointer) {
  if (node === null || typeof node !== 'object') return;
  for (const [name, inner] of Object.entries(node)) {
    // Whatever is in an example is no part of the description.
    if (name !== 'example') checkExamples(inner, `${pointer}/${escape(name)}`);
  }
  if (!('example' in node) || pointer.endsWith('/properties')) return;
  check(`the example at ${pointer}`, 'schema' in node ? `${pointer}/schema` : pointer, node.example);
}
checkExamples(document.paths, '/paths');
checkExamples(document.components, '/components');

for (const { operation, status, type, value } of answers) {
  const what = `${operation} ${status} ${type}`;
  const [path, method] = find(operation) ?? [];
  if (!path) faults.push(`${what}: there is no such operation`);
  else check(what, `/paths/${escape(path)}/${method}/responses/${status}/content/${escape(type)}/schema`, value);
}

function find(operation) {
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, { operationId }] of Object.entries(methods)) {
      if (operationId === operation) return [path, method];
    }
  }
  return undefined;
}

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
