import type { Style } from '#base/style.ts'
import type { Json, Maybe, PodTemplate } from '#kube/types.ts'
import { changesBetween } from '#views/diff/changes.ts'
import { changesText, unifiedDiff } from '#views/diff/diff.ts'
import { toYaml } from '#yaml/emit.ts'

/** A pod template, and what to call it. */
interface TemplateSide {
  /** `revision 3`, `now`. */
  readonly label: string
  readonly template: Maybe<PodTemplate>
}

/** What differs between two pod templates: field by field, then as a unified diff of their YAML. Empty: nothing does. */
export function templateDiff(
  before: TemplateSide,
  after: TemplateSide,
  options: { readonly style: Style },
): string {
  const [old, now] = [jsonOf(before), jsonOf(after)]
  const changes = changesBetween({ spec: { template: old } }, { spec: { template: now } })
  if (changes.length === 0) return ''
  const sides = [
    { label: before.label, text: toYaml(old) },
    { label: after.label, text: toYaml(now) },
  ] as const
  return `${changesText(changes, options)}\n${unifiedDiff(...sides, options)}`
}

const jsonOf = ({ template }: TemplateSide) => JSON.parse(JSON.stringify(template ?? {})) as Json
