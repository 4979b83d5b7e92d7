/** What this needs of a URL. */
export interface Address {
  readonly protocol: string
  readonly hostname: string
  readonly port: string
}

/** The host of a URL as sockets, certificates and people write it: an IPv6 address without its brackets. */
export const hostOf = (url: Address): string => url.hostname.replace(/^\[|\]$/g, '')

/** The port of an `http:` or `https:` URL, that of its scheme where it names none. */
export const portOf = (url: Address): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/**
 * A URL to be shown: whoever it logs in as is hidden, as Go hides passwords. In a text that is no valid URL all is hidden that
 * could belong to a password.
 */
export const withoutCredentials = (url: string): string =>
  URL.canParse(url)
    ? url.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/?#\\]*@/i, '$1xxxxx@')
    : url.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, '$1xxxxx@')

/** `host:port`, with an IPv6 address in brackets (Go's `net.JoinHostPort`). */
export const joinHostPort = (host: string, port: string | number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`
