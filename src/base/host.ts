/** What this needs of a URL. */
interface Address {
  readonly protocol: string
  readonly hostname: string
  readonly port: string
}

/** The host of a URL as sockets, certificates and people write it: an IPv6 address without its brackets. */
export const hostOf = (url: Address): string => url.hostname.replace(/^\[|\]$/g, '')

/** The port of an `http:` or `https:` URL, that of its scheme where it names none. */
export const portOf = (url: Address): number => Number(url.port || (url.protocol === 'https:' ? 443 : 80))

/** `host:port`, with an IPv6 address in brackets (Go's `net.JoinHostPort`). */
export const joinHostPort = (host: string, port: string | number): string =>
  `${host.includes(':') ? `[${host}]` : host}:${port}`
