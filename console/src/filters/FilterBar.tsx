import { useEffect, useState } from 'react';
import { Button, CloseButton, Popover, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilterPlus, IconSearch } from '@tabler/icons-react';
import { useFormats, useMessages } from '../i18n';
import { useParameters } from '../route';
import { readFilters, writeFilters, type Condition, type Filters } from './address';
import { ConditionForm, useOperatorName } from './ConditionForm';
import type { Fields } from './fields';

const SEARCH_DELAY_MILLISECONDS = 350;

interface FilterBarProps {
  fields: Fields;
  hasSearch: boolean;
  /** Told whether something is typed that is not sought yet: the list is about to be another one. */
  onTyping: (isTyping: boolean) => void;
}

/** The filters of the address, to be seen and changed. */
export function FilterBar({ fields, hasSearch, onTyping }: FilterBarProps) {
  const { lists } = useMessages();
  const [parameters, change] = useParameters();
  const filters = readFilters(parameters, fields);
  const [isAdding, setAdding] = useState(false);
  const write = (next: Partial<Filters>): void => change((address) => writeFilters(address, { ...filters, ...next }));
  const replace = (place: number, condition: Condition | undefined): void =>
    write({ conditions: filters.conditions.flatMap((one, at) => (at === place ? (condition ?? []) : one)) });
  const hasAny = filters.conditions.length > 0 || filters.text !== '' || filters.unknown.length > 0;

  return (
    <div className="filters">
      {hasSearch && <Search text={filters.text} onTyping={onTyping} onChange={(text) => write({ text })} />}
      <Popover opened={isAdding} onChange={setAdding} position="bottom-start" trapFocus withinPortal shadow="md">
        <Popover.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconFilterPlus size={15} aria-hidden />}
            onClick={() => setAdding(!isAdding)}
          >
            {lists.addFilter}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <ConditionForm
            fields={fields}
            condition={undefined}
            onApply={(condition) => {
              setAdding(false);
              write({ conditions: [...filters.conditions, condition] });
            }}
          />
        </Popover.Dropdown>
      </Popover>
      {filters.conditions.map((condition, place) => (
        <Chip
          key={`${condition.field}.${condition.operator}.${condition.values.join(' ')}`}
          fields={fields}
          condition={condition}
          onChange={(next) => replace(place, next)}
        />
      ))}
      {filters.unknown.map((name) => (
        <span key={name} className="chip" data-unknown>
          <span className="chip-text">{lists.unknownFilter(name)}</span>
        </span>
      ))}
      {hasAny && (
        <Button variant="subtle" color="gray" size="compact-xs" onClick={() => write({ conditions: [], text: '' })}>
          {lists.clearFilters}
        </Button>
      )}
    </div>
  );
}

interface SearchProps {
  text: string;
  onTyping: FilterBarProps['onTyping'];
  onChange: (text: string) => void;
}

function Search({ text, onTyping, onChange }: SearchProps) {
  const { lists } = useMessages();
  const [typed, setTyped] = useState(text);
  useEffect(() => setTyped(text), [text]);
  const tell = useDebouncedCallback((value: string) => {
    if (value.trim() !== text) onChange(value.trim());
    onTyping(false);
  }, SEARCH_DELAY_MILLISECONDS);
  return (
    <TextInput
      className="search"
      size="xs"
      type="search"
      aria-label={lists.searchLabel}
      placeholder={lists.search}
      leftSection={<IconSearch size={15} aria-hidden />}
      value={typed}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setTyped(value);
        onTyping(value.trim() !== text);
        tell(value);
      }}
    />
  );
}

/** A condition in words. Pressing it changes it. */
function Chip({
  fields,
  condition,
  onChange,
}: {
  fields: Fields;
  condition: Condition;
  onChange: (condition: Condition | undefined) => void;
}) {
  const { lists, names } = useMessages();
  const formats = useFormats();
  const operatorName = useOperatorName();
  const [isOpen, setOpen] = useState(false);
  const kind = fields[condition.field] ?? 'text';
  const shown = condition.values.map((value) => {
    if (condition.operator === 'isNull') return value === 'false' ? lists.no : lists.yes;
    if (kind === 'day' && /^\d{4}-\d\d-\d\d$/.test(value)) return formats.day(value);
    if (kind === 'moment' && !Number.isNaN(Date.parse(value))) return formats.moment(value);
    return kind === 'amount' && /^-?\d+(\.\d+)?$/.test(value) ? formats.amount(value) : value;
  });
  const name = `${names.fields[condition.field]} ${operatorName(kind, condition.operator)} ${shown.join(', ')}`;
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus withinPortal shadow="md">
      <span className="chip">
        <Popover.Target>
          <button type="button" className="chip-text" aria-label={lists.editFilter(name)} title={name} onClick={() => setOpen(!isOpen)}>
            <bdi>{name}</bdi>
          </button>
        </Popover.Target>
        <CloseButton size="xs" aria-label={lists.removeFilter(name)} onClick={() => onChange(undefined)} />
      </span>
      <Popover.Dropdown>
        <ConditionForm
          fields={fields}
          condition={condition}
          onApply={(next) => {
            setOpen(false);
            onChange(next);
          }}
        />
      </Popover.Dropdown>
    </Popover>
  );
}
