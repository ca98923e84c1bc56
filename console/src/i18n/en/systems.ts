import { entries } from './words';

export const systems = {
  title: 'Systems',
  lead: 'What each external system has been sent, and what it has not.',
  add: 'Add a system',
  addTitle: 'Add a system',
  addHelp: 'A system is known from then on, with all entries of the ledger waiting for it.',
  name: 'System',
  id: 'Name of the system in the API',
  idHelp: '1 to 64 of A–Z a–z 0–9 . _ : -',
  waiting: 'Waiting',
  oldest: 'Oldest',
  failed: 'Failed',
  parked: 'Parked',
  inWork: 'In work',
  changed: 'Changed',
  conflicts: 'Conflicts',
  lastMark: 'Last mark',
  never: 'never',
  nothing: 'nothing',
  workers: (names: string[]) => `by ${names.join(', ')}`,
  nobody: 'nobody',
  replay: (setAside: number) => `A replay runs: ${entries(setAside)} so far`,
  empty: 'No system is known yet',
  emptyHelp:
    'A system becomes known when the first entry is marked, claimed or reported as failed for it, or when somebody adds it here.',
  open: (name: string) => `${name}: open`,
};
