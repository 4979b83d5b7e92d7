import { escapeJson } from '#base/escape.ts'
import type { Json } from '#kube/types.ts'

/** A document as JSON or YAML text. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${escapeJson(JSON.stringify(document, null, 2))}\n`
  const { toYaml } = await import('#yaml/emit.ts')
  return toYaml(document as Json)
}
