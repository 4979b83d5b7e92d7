import { readFileSync } from 'node:fs'
import { isObject, type Json, type JsonObject } from '#base/json.ts'
import type { DaemonSet, KubeObject, Node, PriorityClass } from '#kube/types.ts'
import type { LintRules } from '#lint/lint.ts'
import { lint } from '#lint/lint.ts'
import type { ClusterFacts, Finding } from '#lint/types.ts'
import { parseDocuments } from '#yaml/parse-documents.ts'
import { SourceText } from '#yaml/source-text.ts'

/** A DaemonSet that no check has anything to say of. */
export const clean = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'agents' },
  spec: {
    selector: { matchLabels: { app: 'agent' } },
    minReadySeconds: 0,
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        priorityClassName: 'agents',
        containers: [
          {
            name: 'agent',
            image: 'example.com/agent:v1',
            readinessProbe: { httpGet: { port: 80 } },
            resources: { requests: { cpu: '10m', memory: '10Mi' } },
          },
        ],
      },
    },
  },
} as const

/** One document over another: mappings key by key, lists item by item, null takes away. */
export function over(base: Json, patch: Json): Json {
  if (Array.isArray(base) && Array.isArray(patch) && base.length > 0)
    return patch.map((item, at) => over(base[at] ?? {}, item))
  if (!isObject(base) || !isObject(patch)) return patch
  const merged: JsonObject = { ...base }
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key]
    else merged[key] = over(merged[key] ?? {}, value)
  }
  return merged
}

export interface Situation {
  readonly daemonSet: DaemonSet
  readonly beside: readonly KubeObject[]
  readonly cluster: ClusterFacts | undefined
  /** The line on which a finding stands in the text. */
  lineOf(finding: Finding): number
}

/** A situation as YAML: what differs from {@link clean}, then other objects; `# N times` above a Node makes several. */
export async function situation(text: string): Promise<Situation> {
  const source = new SourceText('x.yaml', text)
  const { documents } = await parseDocuments(source)
  const [first, ...rest] = documents
  const objects = rest.flatMap((document) => {
    const times = /^#\s+(\d+) times/m.exec(text)?.[1]
    const value = document.value as unknown as KubeObject
    if (times === undefined || value.kind !== 'Node') return [value]
    return Array.from({ length: Number(times) }, (_, i) => ({
      ...value,
      metadata: { ...value.metadata, name: `n${i}` },
    }))
  })
  const nodes = objects.filter(({ kind }) => kind === 'Node') as Node[]
  const priorityClasses = objects.filter(({ kind }) => kind === 'PriorityClass') as PriorityClass[]
  const others = objects.filter(({ kind }) => kind === 'DaemonSet') as DaemonSet[]
  return {
    daemonSet: over(clean as unknown as Json, first?.value ?? {}) as unknown as DaemonSet,
    beside: objects.filter(({ kind }) => kind !== 'Node' && kind !== 'DaemonSet'),
    cluster: nodes.length > 0 ? { nodes, priorityClasses, daemonSets: others } : undefined,
    lineOf: ({ path, part }) => first?.locate(path, part ?? 'key').line ?? 0,
    ...(nodes.length === 0 && others.length > 0 ? { others } : {}),
  }
}

export const everything: LintRules = { disabled: new Set(), severity: new Map() }

export function lintSituation(
  one: Situation & { others?: readonly DaemonSet[] },
  rules = everything,
): Finding[] {
  const { daemonSet, beside, cluster, others = [] } = one
  return lint(daemonSet, { daemonSets: [daemonSet, ...others], beside, cluster }, rules)
}

/** What is found in a situation, by the ids of the checks. */
export async function ids(text: string): Promise<string[]> {
  return lintSituation(await situation(text)).map(({ check }) => check.id)
}

export interface DocumentedCheck {
  readonly id: string
  readonly severity: string
  readonly why: string
  readonly bad: string
  readonly good: string
}

const section = /^### ([\w-]+)\n\n\*\*(\w+)\*\*: (.*)\n\n```yaml\n([\s\S]*?)```\n\n```yaml\n([\s\S]*?)```/gm

/** The checks of docs/lint.md. */
export const documented: readonly DocumentedCheck[] = [
  ...readFileSync('docs/lint.md', 'utf8').matchAll(section),
].map(([, id = '', severity = '', why = '', bad = '', good = '']) => ({ id, severity, why, bad, good }))
