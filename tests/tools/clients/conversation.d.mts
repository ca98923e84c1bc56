export interface Shown {
  data: unknown;
  errors: { message: string; code: string | null }[];
}
export const watched: typeof fetch;
export function shown(error: { message: string; extensions?: Record<string, unknown> }): Shown['errors'][number];
export function converse(
  ask: (operation: string, variables: Record<string, unknown>) => Promise<Shown>,
  others?: Record<string, (variables: Record<string, unknown>) => unknown>,
): Promise<void>;
