import { escapeJson } from '#base/escape.ts'
import type { Json } from '#base/json.ts'

/** A document as JSON or YAML text, the same in both: fields that are undefined are left out. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${escapeJson(JSON.stringify(document, null, 2))}\n`
  const { toYaml } = await import('#yaml/emit.ts')
  return toYaml(JSON.parse(JSON.stringify(document)) as Json)
}
