import { count, entries, marks, vouchers } from './words';

/** What is acted on: vouchers with their entries, or entries. */
interface Targets {
  vouchers: number;
  entries: number;
  areVouchers: boolean;
}

const all = (targets: Targets): string =>
  targets.areVouchers ? `${vouchers(targets.vouchers)} with ${entries(targets.entries)} of this list` : entries(targets.entries);

const carried = (targets: Targets): string =>
  targets.areVouchers ? `${vouchers(targets.vouchers)} with ${entries(targets.entries)}` : entries(targets.entries);

export const actions = {
  mark: 'Mark as sent',
  markChanged: 'Mark new version as sent',
  fail: 'Report as failed',
  requeue: 'Requeue',
  requeueType: 'Requeue by type …',
  park: 'Park',
  unmark: 'Un-mark',
  release: 'Release',
  resolve: 'Resolve',
  replay: 'Start a replay',
  cancelReplay: 'Cancel the replay',
  will: {
    mark: (targets: Targets, system: string) => `${all(targets)} will count as sent to ${system}. Nothing is sent by this.`,
    markChanged: (targets: Targets, system: string) =>
      `${entries(targets.entries)} will count as sent to ${system} in the version that stands in the list. Nothing is sent by this.`,
    fail: (targets: Targets, system: string) =>
      `${all(targets)} will stand as refused by ${system}. Each counts an attempt and is tried again later, or is parked after too many.`,
    requeue: (targets: Targets, system: string) =>
      `${all(targets)} will wait for ${system} again at once, with no attempt counted.`,
    park: (targets: Targets, system: string) =>
      `${all(targets)} will be set aside: no worker of ${system} is given them until a person requeues them.`,
    unmark: (targets: Targets, system: string) =>
      `${all(targets)} will wait for ${system} again at once, and workers send them again. The marks stay in the timeline.`,
    release: (worker: string) => `What ${worker} still has is given back and waits again. No attempt is counted. What the worker has sent meanwhile may be sent twice.`,
    resolve: 'The conflict is closed with your note. Nothing is marked or un-marked by this.',
    replay: (system: string) =>
      `All marks for ${system} in the range are taken back, in the background. The entries wait again, and workers send them again.`,
    cancelReplay: (setAside: number) => `${marks(setAside)} were taken back. Those that nobody has worked on since are put back, with the times that they had.`,
    requeueType: (system: string) => `All that failed for ${system} with this type waits again at once, with no attempt counted. What a person parked stays parked.`,
  },
  wholeVouchers: 'A voucher stands for all of its entries, also for those that the filter leaves out.',
  unitVoucher: 'This system takes vouchers whole: the other unsent entries of their vouchers fail, are parked and requeued with them.',
  sums: 'Together',
  note: 'Note',
  noteHelp: 'For the timeline, such as “run 118”',
  documentId: 'Document in the system',
  documentHelp: 'Its number, such as GL-2024-118',
  url: 'Address of the document',
  urlHelp: 'http or https',
  type: 'Type',
  reason: 'Reason',
  reasonHelp: 'Stands in the timeline',
  retryAt: 'Try again at',
  retryAtHelp: 'Left empty, the wait grows with every attempt',
  markedSince: 'Marked after',
  markedUntil: 'Marked up to',
  markedUntilHelp: 'Left empty: until now',
  countingFailures: 'Counting what failed …',
  noFailures: 'Nothing failed: nothing is to be requeued.',
  countingMarks: 'Counting the marks …',
  marksInRange: (number: number, isMore: boolean) => `${isMore ? 'At least ' : ''}${marks(number)} in this range.`,
  confirm: {
    mark: (targets: Targets) => `Mark ${targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries)}`,
    fail: (targets: Targets) => `Report ${targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries)}`,
    requeue: (targets: Targets) => `Requeue ${targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries)}`,
    park: (targets: Targets) => `Park ${targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries)}`,
    unmark: (targets: Targets) => `Un-mark ${targets.areVouchers ? vouchers(targets.vouchers) : entries(targets.entries)}`,
  },
  running: (seen: number, total: number) => `${seen} of ${count(total, 'item', 'items')}`,
  waiting: 'The gateway does not answer. This goes on by itself when it is back.',
  stopped: (left: number) => `Stopped: ${count(left, 'item was', 'items were')} left as before.`,
  done: {
    mark: (items: Targets) => `Marked as sent: ${carried(items)}.`,
    fail: (items: Targets) => `Reported as failed: ${carried(items)}.`,
    requeue: (items: Targets) => `Requeued: ${carried(items)}.`,
    park: (items: Targets) => `Parked: ${carried(items)}.`,
    unmark: (items: Targets) => `Un-marked: ${carried(items)}.`,
    release: (number: number) => `Given back: ${entries(number)}.`,
    resolve: 'The conflict is resolved.',
    replay: 'The replay has begun. Its progress stands in the list.',
    cancelReplay: 'The replay is cancelled. Marks are put back in the background.',
    requeueType: (number: number) => `Requeued: ${entries(number)}.`,
  },
  notDone: (number: number) => `${count(number, 'item', 'items')} could not be carried out:`,
  nothingDone: 'Nothing was changed.',
  item: 'Item',
  why: 'Why',
  /** What a person can do about a fault, by its code. The message of the server stands where there is none. */
  faults: {
    ALREADY_EXPORTED: 'It was sent already. Take the mark back first if it is to be sent again.',
    NOT_EXPORTED: 'It has no mark: nothing is to be taken back.',
    ENTRY_WITHDRAWN: 'The source took it back, so it is not to be sent.',
    NOTHING_TO_REQUEUE: 'Nothing of it failed or is parked any more.',
    ENTRY_NOT_FOUND: 'It is not in the ledger any more.',
    VOUCHER_NOT_FOUND: 'It is not in the ledger any more.',
    CONFLICT_RESOLVED: 'Somebody has resolved it already; the first note stays.',
    REPLAY_OPEN: 'Another replay of the system is at work. Wait until it has ended, or cancel it.',
    CLAIM_LOST: 'The claim does not have this any more.',
  } as Record<string, string>,
};
