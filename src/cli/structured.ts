import { escapeJson } from '#base/escape.ts'
import type { Json } from '#base/json.ts'
import { toYaml } from '#yaml/emit.ts'

/** A value as JSON that may leave kds: the same document, whatever a terminal would act on written as `\u009b`. Ends with a newline. */
export const jsonText = (value: unknown, indent = 0): string =>
  `${escapeJson(JSON.stringify(value, null, indent))}\n`

/** A document as JSON or YAML text, the same in both: fields that are undefined are left out. It must hold plain data only. */
export async function structured(document: object, format: 'json' | 'yaml'): Promise<string> {
  return format === 'json' ? jsonText(document, 2) : toYaml(JSON.parse(JSON.stringify(document)) as Json)
}
