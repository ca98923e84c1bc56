import { LedgateError } from '../error.js';
import { ClaimEntriesDocument, ClaimExportsDocument, type ClaimedPageFragment } from '../generated/graphql.js';
import { grouped, type Claimed } from '../voucher.js';
import type { Settings } from './options.js';
import { untilAnswered, type Patience } from './retry.js';
import type { Stopping } from './stopping.js';
import { newKey, now } from './time.js';

/** A claim that was taken, with its first page. */
export interface Claim {
    claimId: string;
    /** When the call was sent for the first time, by our own clock. The lease began after that. */
    sent: number;
    page: Pick<ClaimedPageFragment, 'nodes' | 'pageInfo'>;
}

/** Takes a claim; null when there is nothing to claim. */
export async function claim(settings: Settings, stopping: Stopping, patience: Patience): Promise<Claim | null> {
    // The same key in all repetitions: an answer that was lost loses no claim.
    const [idempotencyKey, sent] = [newKey(), now()];
    const { systemId, batch, leaseSeconds, worker, filter } = settings;
    const input = { systemId, first: batch, leaseSeconds, worker, filter, idempotencyKey };
    const answer = await untilAnswered(settings, stopping, 'claim', patience, (signal) =>
        settings.client.request(ClaimExportsDocument, { input }, { signal }),
    );
    const { claim, userErrors } = answer.claimExports ?? incomplete();
    if (userErrors[0]) throw new LedgateError(userErrors[0].message, { code: userErrors[0].code });
    if (!claim) return null;
    const page = claim.entries ?? incomplete();
    // Not live: the answer came so late that the lease has ended, and other workers are given what it had.
    const nothing = { nodes: [], pageInfo: { ...page.pageInfo, hasNextPage: false } };
    return { claimId: claim.claimId, sent, page: claim.live ? page : nothing };
}

/** All that the claim has, voucher by voucher. The error is that of the last call. */
export async function vouchers(
    settings: Settings,
    stopping: Stopping,
    { claimId, page }: Claim,
    patience: Patience,
): Promise<Claimed[]> {
    const nodes = [...page.nodes];
    let { hasNextPage, endCursor } = page.pageInfo;
    while (hasNextPage) {
        const variables = { claimId, after: endCursor };
        const answer = await untilAnswered(settings, stopping, 'read', patience, (signal) =>
            settings.client.request(ClaimEntriesDocument, variables, { signal }),
        );
        const next = answer.exportClaim?.entries ?? incomplete();
        nodes.push(...next.nodes);
        ({ hasNextPage, endCursor } = next.pageInfo);
    }
    return grouped(nodes.filter(({ held }) => held));
}

function incomplete(): never {
    throw new LedgateError('the gateway answered without a part that every answer has');
}
