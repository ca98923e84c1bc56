import { useRef } from 'react';

/**
 * The last value that there was of a thing. A question that fails has no answer, and what it is for stays on the page: a
 * selection or a call in batches would go with it. Another `key` is another thing.
 */
export function useLast<Value>(value: Value | null | undefined, key: string): Value | undefined {
  const last = useRef<{ key: string; value: Value }>(undefined);
  if (value !== null && value !== undefined) last.current = { key, value };
  return last.current?.key === key ? last.current.value : undefined;
}
