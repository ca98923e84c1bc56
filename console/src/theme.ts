import { createTheme, type MantineColorsTuple } from '@mantine/core';

const ledger: MantineColorsTuple = [
  '#ebf6f2',
  '#d6ece4',
  '#aad8c8',
  '#7bc4ab',
  '#55b393',
  '#3da784',
  '#2c8f6f',
  '#1f7d61',
  '#1f6f5c',
  '#135244',
];

const dark: MantineColorsTuple = [
  '#dbe3e0',
  '#b9c6c3',
  '#9fada9',
  '#74827e',
  '#3a4644',
  '#2b3634',
  '#1c2523',
  '#161d1b',
  '#121817',
  '#0d1211',
];

/** One accent colour, small steps, and figures of one width. */
export const theme = createTheme({
  colors: { ledger, dark },
  primaryColor: 'ledger',
  primaryShade: { light: 8, dark: 8 },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.125rem' },
  headings: { fontWeight: '600' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
});
