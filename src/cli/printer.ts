import { KdsError } from '#base/errors.ts'
import { escapeLine } from '#base/escape.ts'
import type { Json, KubeObject } from '#kube/types.ts'

/** What `-o` may say about an object, as far as kds prints it. */
export type ObjectOutput = 'name' | 'json' | 'yaml'

const printed: readonly string[] = ['json', 'name', 'yaml']
const templates =
  /^(go-template|go-template-file|template|templatefile|jsonpath|jsonpath-as-json|jsonpath-file)(=|$)/

/** Reads `-o`. @throws KdsError in kubectl's words for a format there is not. */
export function objectOutput(text: string | undefined, more: readonly string[] = []): string | undefined {
  if (text === undefined || text === '') return undefined
  const allowed = [...printed, ...more].sort()
  if (allowed.includes(text)) return text
  throw new KdsError(
    'usage',
    `unable to match a printer suitable for the output format ${JSON.stringify(text)}, allowed formats are: ${allowed.join(',')}`,
    templates.test(text) ? { hint: 'kds has no templates: pick fields out of -o json with jq' } : {},
  )
}

/** An object as `kubectl -o json|yaml|name` prints it; managed fields only where they are asked for. */
export async function objectText(
  object: KubeObject,
  output: ObjectOutput,
  showManagedFields = false,
): Promise<string> {
  if (output === 'name') return `daemonset.apps/${escapeLine(object.metadata?.name ?? '')}\n`
  const { managedFields, ...metadata } = (object.metadata ?? {}) as Record<string, unknown>
  const ordered = { kind: object.kind, apiVersion: object.apiVersion, ...object }
  const shown = showManagedFields ? ordered : { ...ordered, metadata }
  if (output === 'json') return `${JSON.stringify(shown, null, 4)}\n`
  const { toYaml } = await import('#yaml/emit.ts')
  return toYaml(JSON.parse(JSON.stringify(shown)) as Json)
}
