import { asError, LedgateError } from '../error.js';
import { SettleClaimDocument, type SettleClaimMutation } from '../generated/graphql.js';
import type { Outcome } from '../outcome.js';
import type { Claimed } from '../voucher.js';
import { batch, itemsOf, listed, MAX_ITEMS, unsettled, type Item } from './items.js';
import type { Lease } from './lease.js';
import type { Settings } from './options.js';
import { untilAnswered } from './retry.js';
import type { Stopping } from './stopping.js';
import { newKey, now, sleep } from './time.js';

/** How long the first outcome of a call waits for others, in milliseconds. */
const LINGER = 100;
/** How long a call is repeated after the worker was asked to stop, where something was sent that has to be marked. */
const AFTER_STOP = 30_000;
/** Most vouchers that are told one by one. */
const MAX_UNSETTLED = 1_000;
/** Outcomes that wait to be settled. A handler that is faster waits. */
const MAX_WAITING = 1_000;

type Answer = NonNullable<SettleClaimMutation['settleClaim']>;

/** Settles the outcomes of one claim, while its handlers go on. */
export class Settler {
    private readonly waiting: Item[] = [];
    private isComplete = false;
    private error: Error | undefined;
    private readonly running: Promise<void>;
    /** Aborted, and made anew, when there is something to look at. */
    private news = new AbortController();
    private room: (() => void)[] = [];

    constructor(
        private readonly settings: Settings,
        private readonly stopping: Stopping,
        private readonly claimId: string,
        private readonly lease: Lease,
    ) {
        this.running = this.run();
    }

    /** Takes what became of a voucher. Waits while too much is waiting. */
    async add(claimed: Claimed, outcome: Outcome): Promise<void> {
        const items = itemsOf(claimed, outcome);
        if (this.error) return this.giveUp(items, this.error);
        this.waiting.push(...items);
        this.news.abort();
        if (this.waiting.length > MAX_WAITING) await new Promise<void>((resolve) => this.room.push(resolve));
    }

    /** Nothing more comes. Resolves when all is settled; the error is that the gateway could not be told of something. */
    async complete(): Promise<void> {
        this.isComplete = true;
        this.news.abort();
        await this.running;
        if (this.error) throw this.error;
    }

    private async run(): Promise<void> {
        for (;;) {
            await this.until(() => this.waiting.length > 0, Infinity);
            if (this.waiting.length === 0) return;
            await this.until(() => this.waiting.length >= MAX_ITEMS, now() + LINGER);
            const items = batch(this.waiting);
            try {
                await this.settle(items);
            } catch (thrown) {
                this.error = asError(thrown);
                // Of what is sent from now on the gateway could not be told either.
                this.lease.lose(this.error);
                this.giveUp(this.waiting.splice(0), this.error);
            }
            for (const go of this.room.splice(0)) go();
            if (this.error) return;
        }
    }

    /** Waits until this is so, until nothing more comes, or until this moment. */
    private async until(isSo: () => boolean, moment: number): Promise<void> {
        while (!isSo() && !this.isComplete && now() < moment) {
            this.news = new AbortController();
            const { signal } = this.news;
            if (moment === Infinity)
                await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
            else await sleep(moment - now(), signal);
        }
    }

    /** Settles these items. A call that is refused as a whole is divided, until the item is found that is the cause. */
    private async settle(items: Item[]): Promise<void> {
        const parts = [items];
        for (let part = parts.pop(); part; part = parts.pop()) {
            let answer: Answer;
            try {
                answer = await this.call(part);
            } catch (thrown) {
                for (const left of [part, ...parts]) this.giveUp(left, asError(thrown));
                throw thrown;
            }
            if (answer.remainingCount !== null) {
                this.count(part, answer);
            } else if (part.length > 1) {
                const half = part.length >> 1;
                parts.push(part.slice(half), part.slice(0, half));
            } else {
                const { code, message } = answer.userErrors[0] ?? {
                    message: 'the gateway refused it without a reason',
                };
                this.giveUp(part, new LedgateError(message, { code }));
            }
        }
    }

    private async call(items: readonly Item[]): Promise<Answer> {
        const { exported, failed } = listed(items);
        // The same key in all repetitions: the first answer is given again.
        const input = { claimId: this.claimId, exported, failed, idempotencyKey: newKey() };
        const patience = { afterStop: AFTER_STOP };
        const answer = await untilAnswered(this.settings, this.stopping, 'settle', patience, (signal) =>
            this.settings.client.request(SettleClaimDocument, { input }, { signal }),
        );
        if (!answer.settleClaim) throw new LedgateError('the gateway answered without the payload of settleClaim');
        return answer.settleClaim;
    }

    /** Counts what a call did. */
    private count(items: readonly Item[], { exports, userErrors, remainingCount }: Answer): void {
        const { summary } = this.settings;
        const { places } = listed(items);
        const faults = new Map(
            userErrors.map((fault) => [places[fault.field?.[0] ?? '']?.[Number(fault.field?.[1])], fault]),
        );
        const done = { exported: 0, failed: 0 };
        items.forEach((item, place) => {
            const fault = faults.get(place);
            // A voucher that was told of by its lines counts once.
            if (!fault) done[item.outcome.kind] += Number(item.isFirst);
            else if (item.outcome.kind === 'failed' && fault.code === 'CLAIM_LOST') summary.lost += 1;
            else this.giveUp([item], new LedgateError(fault.message, { code: fault.code }));
        });
        summary.exported += done.exported;
        summary.failed += done.failed;
        summary.conflicts += exports?.filter(({ conflict }) => conflict !== null).length ?? 0;
        this.settings.tell({ kind: 'settled', ...done });
        if (remainingCount === 0) this.lease.isSpent = true;
    }

    /** Notes that the gateway could not be told of these. */
    private giveUp(items: readonly Item[], error: Error): void {
        const { summary, tellError } = this.settings;
        for (const item of items.filter(({ isFirst }) => isFirst)) {
            tellError(error, { during: 'settle', voucherId: item.voucher.voucherId });
            if (summary.unsettled.length < MAX_UNSETTLED) summary.unsettled.push(unsettled(item, error.message));
        }
    }
}
