/** `daemonsets`, `priorityclasses`: the name of a built-in kind's resource in paths. */
export const pluralOf = (kind: string): string => `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`
