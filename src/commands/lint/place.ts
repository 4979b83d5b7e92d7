import type { Location } from '#base/errors.ts'
import type { FieldPath } from '#base/field-path.ts'
import type { JsonObject } from '#base/json.ts'
import { objectIn } from '#kube/read.ts'
import type { KubeObject } from '#kube/types.ts'
import { type LintRules, lint } from '#lint/lint.ts'
import type { ClusterFacts, LintReport, PlacedFinding } from '#lint/types.ts'
import type { LoadedObject, Manifests } from '#manifest/types.ts'

/** The lines, by file, on which a Secret holds its values: in JSON without line breaks that is the only line there is. */
function secretLines(objects: readonly LoadedObject[]): ReadonlySet<string> {
  const lines = objects
    .filter(({ value }) => value.kind === 'Secret')
    .flatMap((secret) =>
      ['data', 'stringData'].flatMap((field) =>
        Object.keys(objectIn(secret.value as JsonObject, field)).map((key) => secret.locate([field, key])),
      ),
    )
  return new Set(lines.map(({ file, line }) => `${file}:${line}`))
}

const valueAt = (value: unknown, path: FieldPath): unknown =>
  path.reduce((at, step) => (at as Record<string, unknown> | undefined)?.[step], value)

const directive = /#\s*kds-lint-disable-next-line\s+([\w-]+(?:\s*,\s*[\w-]+)*)/

/** Whether a comment right above the line passes the check over; several may stand above each other. */
function passedOver(id: string, { origin }: LoadedObject, { line }: Location): boolean {
  const { text } = origin
  for (let above = line - 1; above > 0; above--) {
    const [, ids] = directive.exec(text.wholeLine(text.offsetOfLine(above)).text ?? '') ?? []
    if (ids === undefined) return false
    if (ids.split(/\s*,\s*/).includes(id)) return true
  }
  return false
}

/** A finding that knows the text it was made in. */
export interface LoadedFinding extends PlacedFinding {
  readonly loaded: LoadedObject
}

interface LoadedReport extends LintReport {
  readonly findings: readonly LoadedFinding[]
}

const byPlace = (a: PlacedFinding, b: PlacedFinding) =>
  a.location.line - b.location.line || a.location.column - b.location.column

/** Lints every DaemonSet that was read, each finding at its place. */
export function lintAll(
  manifests: Manifests,
  cluster: ClusterFacts | undefined,
  rules: LintRules,
  givenNamespace = '',
): LoadedReport {
  const { daemonSets, objects } = manifests
  const own = new Set<LoadedObject>(daemonSets)
  const beside: KubeObject[] = objects.filter((object) => !own.has(object)).map(({ value }) => value)
  const input = {
    daemonSets: daemonSets.map(({ value }) => value),
    beside,
    cluster,
    namespace: givenNamespace,
  }
  const secrets = secretLines(objects)
  let suppressed = 0
  const found = daemonSets.map((loaded) => {
    const { name, namespace } = loaded.value.metadata ?? {}
    return lint(loaded.value, input, rules).flatMap((one): LoadedFinding[] => {
      // A mapping or list is shown by its name: its value begins on a line below.
      const part = one.part ?? (typeof valueAt(loaded.value, one.path) === 'object' ? 'key' : 'value')
      const { text, ...place } = loaded.locate(one.path, part)
      if (passedOver(one.check.id, loaded, place)) {
        suppressed++
        return []
      }
      const secret = one.hidden || one.path.includes('env') || secrets.has(`${place.file}:${place.line}`)
      const location = secret || text === undefined ? place : { ...place, text }
      return [
        {
          ...one,
          loaded,
          daemonSet: {
            namespace: String(namespace || givenNamespace || 'default'),
            name: String(name ?? ''),
          },
          location,
        },
      ]
    })
  })
  const files = [...new Set(daemonSets.map(({ source }) => source))]
  const findings = files.flatMap((file) =>
    found
      .flat()
      .filter(({ location }) => location.file === file)
      .sort(byPlace),
  )
  const withFindings = found.filter((list) => list.length > 0).length
  return {
    findings,
    daemonSets: daemonSets.length,
    withFindings,
    suppressed,
    nodesGiven: cluster !== undefined,
  }
}
