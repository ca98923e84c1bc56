import { work } from '../dist/index.js';
import { fakeGateway, vouchers } from './fake-gateway.mjs';

/** A gateway, and a worker of it that ends when there is nothing more. */
export async function atWork(context, { count, lines, intercept, ...options }) {
  const gateway = await fakeGateway({ vouchers: vouchers(count, lines), intercept });
  context.after(gateway.close);
  const troubles = [];
  const run = () =>
    work({
      url: gateway.url,
      systemId: 'erp',
      once: true,
      handler: () => ({}),
      onError: (error, trouble) => troubles.push({ ...trouble, error }),
      ...options,
    });
  return { gateway, troubles, run };
}

/** What a worker has done, without what it has not. */
export const told = (summary) =>
  Object.fromEntries(Object.entries(summary).filter(([, value]) => value !== 0 && value.length !== 0));
