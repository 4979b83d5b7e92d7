import type { KubeUser } from './kubeconfig.ts'

/** The headers by which a request acts as somebody else (`--as`, `--as-group`, `--as-uid`, `--as-user-extra`). */
export function impersonationHeaders(user: KubeUser): Record<string, string | string[]> {
  if (!user.as) return {}
  const headers: Record<string, string | string[]> = { 'Impersonate-User': user.as }
  if (user['as-uid']) headers['Impersonate-Uid'] = user['as-uid']
  if (user['as-groups']?.length) headers['Impersonate-Group'] = [...user['as-groups']]
  for (const [key, values] of Object.entries(user['as-user-extra'] ?? {}))
    headers[`Impersonate-Extra-${headerKey(key)}`] = [...values]
  return headers
}

/** Mirrors headerKeyEscape of client-go: lower case, and what no header name may hold as `%XX`. */
function headerKey(key: string): string {
  return Array.from(new TextEncoder().encode(key.toLowerCase()), (byte) => {
    const char = String.fromCharCode(byte)
    return /[a-z0-9!#$&'*+\-.^_`|~]/.test(char)
      ? char
      : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}
