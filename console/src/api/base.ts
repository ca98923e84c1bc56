// Where the gateway is: relative to the page, which may stand under a prefix behind a proxy or be the page of one ledger.

/** The address of something of the gateway, such as `graphql` or `v10/imports`. */
export function addressOf(path: string): string {
  return new URL(path, document.baseURI.replace(/[?#].*$/, '')).href;
}

/** The same for WebSockets. */
export function socketAddressOf(path: string): string {
  return addressOf(path).replace(/^http/, 'ws');
}
