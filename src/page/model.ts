import { storedDaemonSet } from '#apiserver/defaults/stored.ts'
import type { DaemonSet } from '#kube/types.ts'
import type { ChangeQuestion } from '#planning/changes.ts'
import { type PageDaemonSet, type PageData, questionIn } from '#planning/page-data.ts'
import { type PlannedManifest, planOne, shownOf } from '#planning/plan.ts'
import type { Cell } from '#views/cells/grid.ts'
import { reasonsOf } from '#views/plan/change-reasons.ts'
import { evictedOn } from '#views/plan/evictions.ts'
import { type Member, membersOf, type ShownPlan } from '#views/plan/groups.ts'
import { cellOf, order } from '#views/plan/kinds.ts'
import type { GroupKey } from '#views/plan/looks.ts'
import { reasonText } from '#views/plan/reason-text.ts'
import { stanzaOf } from './stanza.ts'

/** A node as the page shows it. */
export interface Row extends Member {
  readonly key: GroupKey
  /** How it is drawn; nodes of one kind share it. */
  readonly cell: Cell
  /** Why it is in its group, a line each. */
  readonly reasons: readonly string[]
}

/** What is shown of one DaemonSet. */
export interface Shown {
  readonly planned: PlannedManifest
  readonly plan: ShownPlan
  /** What fails and changes first, as everywhere; within a kind in the order of the nodes. */
  readonly rows: readonly Row[]
}

/** A DaemonSet of the page, and what somebody has made of it. */
export class Subject {
  readonly one: PageDaemonSet
  readonly original: string
  readonly first: Shown
  text: string
  edited: DaemonSet
  shown: Shown
  #shownText: string
  readonly #data: PageData
  readonly #question: ChangeQuestion | undefined

  constructor(data: PageData, one: PageDaemonSet) {
    this.one = one
    this.#data = data
    this.#question = questionIn(data, one)
    this.original = stanzaOf(one.value)
    this.text = this.original
    this.#shownText = this.original
    this.edited = one.value
    this.first = this.#show(one.value)
    this.shown = this.first
  }

  get isEdited(): boolean {
    return this.edited !== this.one.value
  }

  get name(): string {
    const { name, namespace } = this.first.planned.plan.daemonSet
    return `${namespace}/${name}`
  }

  /** What the edit is held against: what stands in the cluster, or the older manifest; undefined where there is none. */
  get before(): DaemonSet | undefined {
    const { cluster, namespace, older } = this.#data
    const { name, namespace: home } = this.first.planned.plan.daemonSet
    const same = (one: DaemonSet) =>
      one.metadata?.name === name && (one.metadata?.namespace || namespace) === home
    const found =
      cluster?.daemonSets?.find(same) ?? older?.find(same) ?? (older?.length === 1 ? older[0] : undefined)
    return found && storedDaemonSet(found, namespace)
  }

  /** Is it known whether the DaemonSet is there already? */
  get knowsCluster(): boolean {
    return this.#data.cluster !== undefined
  }

  get after(): DaemonSet {
    return storedDaemonSet(this.edited, this.#data.namespace)
  }

  /** What the manifest of the page was before anybody edited it. */
  get given(): DaemonSet {
    return storedDaemonSet(this.one.value, this.#data.namespace)
  }

  /** Plans it as somebody has edited it, if the text is another than the one that is shown. */
  edit(daemonSet: DaemonSet): void {
    if (this.text === this.#shownText) return
    this.#shownText = this.text
    this.edited = this.text.trim() === this.original.trim() ? this.one.value : daemonSet
    this.shown = this.isEdited ? this.#show(this.edited) : this.first
  }

  #show(value: DaemonSet): Shown {
    const { comparisonOperators, namespace, nodes } = this.#data
    const planned = planOne({ value, findings: this.one.findings }, nodes, this.#question, {
      comparisonOperators,
      namespace,
    })
    const plan = shownOf(planned)
    return { planned, plan, rows: rowsOf(plan) }
  }
}

const placeOf = new Map(order.map((cell, at) => [cell, at]))

function rowsOf(shown: ShownPlan): Row[] {
  const { changes } = shown
  const reasonsFor = (key: GroupKey, { change, node }: Member) =>
    change && changes && key !== 'not-targeted'
      ? [...reasonsOf([change], changes), ...evictedOn(change)]
      : node.deciding.map(reasonText)
  return [...membersOf(shown)]
    .flatMap(([key, members]) =>
      members.map((member) => {
        const cell = cellOf(key, member.change)
        return { key, cell, ...member, reasons: reasonsFor(key, member) }
      }),
    )
    .sort((one, other) => (placeOf.get(one.cell) ?? 0) - (placeOf.get(other.cell) ?? 0))
}
