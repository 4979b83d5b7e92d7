import { escapeJson } from '#base/escape.ts'
import type { Json } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'

/** A document as JSON or YAML text, the same in both: fields that are undefined are left out. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${escapeJson(JSON.stringify(document, null, 2))}\n`
  return toYaml(JSON.parse(JSON.stringify(document)) as Json)
}
