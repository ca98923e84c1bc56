import { useState } from 'react';
import { Button, NativeSelect, Textarea, TextInput } from '@mantine/core';
import { useMessages } from '../i18n';
import type { Condition } from './address';
import { OPERATORS, takes, type FieldName, type Fields, type Kind, type Operator } from './fields';

interface Props {
  fields: Fields;
  condition: Condition | undefined;
  onApply: (condition: Condition) => void;
}

const INPUTS: Partial<Record<Kind, string>> = { day: 'date', moment: 'datetime-local' };

/** A moment as the input of the browser writes it: without zone, in the zone of the person. */
function toInput(kind: Kind, value: string): string {
  if (kind !== 'moment' || !value) return value;
  const time = new Date(value);
  const local = new Date(time.getTime() - time.getTimezoneOffset() * 60_000);
  return Number.isNaN(time.getTime()) ? '' : local.toISOString().slice(0, 19);
}

function fromInput(kind: Kind, value: string): string {
  return kind === 'moment' && value ? new Date(value).toISOString() : value.trim();
}

/** What the operators of a field are called; for times they have words of their own. */
export function useOperatorName(): (kind: Kind, operator: Operator) => string {
  const { names } = useMessages();
  return (kind, operator) =>
    ((kind === 'day' || kind === 'moment') && (names.timeOperators as Partial<Record<Operator, string>>)[operator]) ||
    names.operators[operator];
}

/** Puts a condition together: field, operator, and as many values as it takes. */
export function ConditionForm({ fields, condition, onApply }: Props) {
  const { lists, names } = useMessages();
  const operatorName = useOperatorName();
  const all = Object.keys(fields) as FieldName[];
  const [field, setField] = useState<FieldName>(condition?.field ?? all[0] ?? 'id');
  const kind = fields[field] ?? 'text';
  const [operator, setOperator] = useState<Operator>(condition?.operator ?? OPERATORS[kind][0] ?? 'eq');
  const [values, setValues] = useState((condition?.values ?? []).map((value) => toInput(kind, value)));
  const number = takes(operator);
  const given = number === 'flag' ? [values[0] === 'false' ? 'false' : 'true'] : values.map((value) => fromInput(kind, value));
  const complete = given.filter((value) => value !== '');
  const isComplete = number === 'two' ? complete.length === 2 : complete.length > 0;

  const changeField = (next: FieldName): void => {
    const operators = OPERATORS[fields[next] ?? 'text'];
    setField(next);
    if (!operators.includes(operator)) setOperator(operators[0] ?? 'eq');
    if (fields[next] !== kind) setValues([]);
  };
  const submit = (event: React.FormEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    if (isComplete) onApply({ field, operator, values: number === 'one' ? complete.slice(0, 1) : complete });
  };
  const input = (label: string, place: number) => (
    <TextInput
      key={label}
      label={label}
      type={INPUTS[kind] ?? 'text'}
      step={kind === 'moment' ? 1 : undefined}
      inputMode={kind === 'amount' ? 'decimal' : undefined}
      value={values[place] ?? ''}
      onChange={(event) => {
        const next = [...values];
        next[place] = event.currentTarget.value;
        setValues(next.map((value) => value ?? ''));
      }}
    />
  );

  return (
    <form className="condition" onSubmit={submit}>
      <NativeSelect
        label={lists.field}
        value={field}
        onChange={(event) => changeField(event.currentTarget.value as FieldName)}
        data={all.map((value) => ({ value, label: names.fields[value] }))}
        data-autofocus
      />
      <NativeSelect
        label={lists.operator}
        value={operator}
        onChange={(event) => setOperator(event.currentTarget.value as Operator)}
        data={OPERATORS[kind].map((value) => ({ value, label: operatorName(kind, value) }))}
      />
      {number === 'one' && input(lists.value, 0)}
      {number === 'two' && (
        <>
          {input(lists.from, 0)}
          {input(lists.to, 1)}
        </>
      )}
      {number === 'many' && (
        <Textarea
          label={lists.value}
          description={lists.valuesHelp}
          autosize
          minRows={2}
          maxRows={6}
          value={values.join('\n')}
          onChange={(event) => setValues(event.currentTarget.value.split('\n'))}
        />
      )}
      {number === 'flag' && (
        <NativeSelect
          label={lists.value}
          value={given[0]}
          onChange={(event) => setValues([event.currentTarget.value])}
          data={[
            { value: 'true', label: lists.yes },
            { value: 'false', label: lists.no },
          ]}
        />
      )}
      <Button type="submit" disabled={!isComplete}>
        {lists.apply}
      </Button>
    </form>
  );
}
