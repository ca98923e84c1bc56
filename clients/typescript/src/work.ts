import { asError, LedgateError } from './error.js';
import { ReleaseClaimDocument } from './generated/graphql.js';
import type { Claimed } from './voucher.js';
import { claim, vouchers, type Claim } from './work/claiming.js';
import { handOver } from './work/handing.js';
import { Lease } from './work/lease.js';
import { settingsOf, type Settings, type Summary, type WorkOptions } from './work/options.js';
import { untilAnswered, type Patience } from './work/retry.js';
import { Settler } from './work/settling.js';
import { Stopping } from './work/stopping.js';
import { Waits } from './work/waiting.js';

/** How long calls of which nothing is lost are repeated after the worker was asked to stop, in milliseconds. */
const LEAVING = 5_000;
/** How long a claim is tried, when the worker is to end as soon as there is nothing to do, in milliseconds. */
const CLAIMING_ONCE = 60_000;

/** The worker could not go on. What it has done until then stays. */
export class WorkError extends Error {
    override readonly name = 'WorkError';
    /** What it has done, and of what the gateway could not be told. */
    readonly summary: Summary;

    constructor(cause: Error, summary: Summary) {
        super(cause.message, { cause });
        this.summary = summary;
    }
}

/**
 * Sends what there is for a system, voucher by voucher, until it is asked to stop, or once. The handler sends one voucher and
 * says what became of it. When the lease of the claim may be lost, the signal of the handlers is aborted: what a handler has
 * finished all the same is settled, what it has not is given to another worker.
 *
 * It is rejected with a `WorkError` when the gateway refuses something that no repeating mends, such as a token that was
 * revoked.
 */
export async function work(options: WorkOptions): Promise<Summary> {
    const settings = settingsOf(options);
    const { summary } = settings;
    const stopping = new Stopping(settings.signal);
    const waits = new Waits(settings, stopping);
    try {
        await run(settings, stopping, waits);
        return summary;
    } catch (thrown) {
        const error = asError(thrown);
        const isAway = error instanceof LedgateError && error.retryable;
        // Whoever stops a worker knows that its gateway may be away.
        if (isAway && stopping.isRequested && summary.unsettled.length === 0) return summary;
        throw new WorkError(error, summary);
    } finally {
        waits.end();
        stopping.end();
        if (settings.isOwn) settings.client.close();
    }
}

async function run(settings: Settings, stopping: Stopping, waits: Waits): Promise<void> {
    const { once } = settings;
    const patience = { afterStop: LEAVING, inAll: once ? CLAIMING_ONCE : undefined };
    while (!stopping.isRequested) {
        waits.begin();
        const taken = await claim(settings, stopping, patience);
        if (!taken && once) return;
        if (!taken) await waits.wait();
        else if ((await carriedOut(settings, stopping, taken)) && !once) await waits.rest();
        else waits.reset();
    }
}

/** Hands a claim over, settles what comes of it, and gives back the rest. Gives whether the system was away. */
async function carriedOut(settings: Settings, stopping: Stopping, taken: Claim): Promise<boolean> {
    const { summary } = settings;
    const lease = new Lease(settings, taken.claimId, taken.sent);
    try {
        const claimed = await read(settings, stopping, taken, lease);
        if (!claimed) return false;
        const entries = claimed.reduce((sum, { voucher }) => sum + voucher.lines.length, 0);
        summary.claims += 1;
        summary.vouchers += claimed.length;
        settings.tell({ kind: 'claimed', vouchers: claimed.length, entries });

        const settler = new Settler(settings, stopping, taken.claimId, lease);
        const { unanswered, isBusy, isAway } = await handOver(settings, stopping, claimed, lease, settler);
        await settler.complete();
        // What a handler is still at must not be given to another worker: the lease ends by itself.
        if (unanswered > 0 && (isBusy || !lease.lasts())) {
            summary.lost += unanswered;
        } else if (unanswered > 0) {
            summary.released += unanswered;
            await release(settings, stopping, taken.claimId);
        }
        return isAway;
    } finally {
        lease.letGo();
    }
}

/** All of the claim; null when the lease ended meanwhile. */
async function read(settings: Settings, stopping: Stopping, taken: Claim, lease: Lease): Promise<Claimed[] | null> {
    const patience: Patience = { afterStop: LEAVING, until: lease.lost };
    try {
        return await vouchers(settings, stopping, taken, patience);
    } catch (error) {
        if (lease.lost.aborted) return null;
        throw error;
    }
}

/** Gives back what a claim still has. If that cannot be done, its lease ends some time. */
async function release(settings: Settings, stopping: Stopping, claimId: string): Promise<void> {
    const patience = { afterStop: LEAVING, inAll: LEAVING };
    try {
        await untilAnswered(settings, stopping, 'release', patience, (signal) =>
            settings.client.request(ReleaseClaimDocument, { input: { claimId } }, { signal }),
        );
    } catch (thrown) {
        settings.tellError(asError(thrown), { during: 'release' });
    }
}
