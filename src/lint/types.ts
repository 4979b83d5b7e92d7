import type { Admission } from '#apiserver/validation/types.ts'
import type { Location } from '#base/errors.ts'
import type { FieldEdit, FieldPath } from '#base/field-path.ts'
import type { Json, JsonObject } from '#base/json.ts'
import type { DaemonSet, KubeObject, Node, PriorityClass } from '#kube/types.ts'
import type { PlacementPlan } from '#placement/plan.ts'

/** The worst first. */
export const severities = ['error', 'warning', 'info'] as const
/** `error`: refused, or never done; `warning`: goes wrong one day; `info`: worth knowing. */
export type Severity = (typeof severities)[number]

/** What to do about a finding. */
export interface Fix {
  /** An imperative without a dot: `set maxUnavailable to 0`. */
  readonly text: string
  /** YAML to paste below the field at `at`. */
  readonly stanza?: { readonly at: FieldPath; readonly value: Json }
  /** How to do it in the file. Present only where pods keep their nodes and do what they did. */
  readonly edits?: readonly FieldEdit[]
}

/** What a check found, at one place. A place that is not there stands for its nearest ancestor. */
export interface Found {
  readonly path: FieldPath
  readonly part?: 'key' | 'value'
  /** What is wrong here: one sentence without a dot. Holds names and values as they are in the file. */
  readonly message: string
  /** Where it differs from the check's own, as does the fix. */
  readonly severity?: Severity
  readonly fix?: Fix | string
  /** The line holds a value that nobody should see. */
  readonly hidden?: true
}

/** One rule of the linter: what it looks for, why, and what to do about it. */
export interface Check<S = Subject> {
  /** Stable: configurations, comments and dashboards name it. */
  readonly id: string
  readonly severity: Severity
  /** Why it matters: one sentence with a dot. */
  readonly why: string
  /** What to do about whatever it finds, in words: see {@link Fix}. */
  readonly fix?: string
  /** Asked only where nodes are given. */
  readonly needsNodes?: true
  find(subject: S): Iterable<Found> | Found | false | undefined
}

/** Checks by their ids. */
export type Checks<S = Subject> = Readonly<Record<string, Omit<Check<S>, 'id'>>>

/** What is known of the cluster. */
export interface ClusterFacts {
  readonly nodes: readonly Node[]
  /** Undefined where nobody could ask. */
  readonly priorityClasses?: readonly PriorityClass[] | undefined
  /** DaemonSets that are in the cluster. */
  readonly daemonSets?: readonly DaemonSet[] | undefined
}

/** A DaemonSet under the checks, with all that they may ask. */
export interface Subject {
  /** As the file has it. */
  readonly written: DaemonSet
  /** As apps/v1 has it, nothing filled in. */
  readonly daemonSet: DaemonSet
  readonly spec: JsonObject
  readonly template: JsonObject
  /** The pod's spec. */
  readonly pod: JsonObject
  /** '' for one that names none. */
  readonly namespace: string
  readonly admission: Admission
  /** Objects of other kinds that stand beside it. */
  readonly beside: readonly KubeObject[]
  /** The other DaemonSets: those beside it, and those of the cluster. */
  readonly others: readonly DaemonSet[]
  readonly cluster: ClusterView | undefined
}

/** The cluster as a DaemonSet meets it. */
export interface ClusterView extends ClusterFacts {
  readonly plan: PlacementPlan
  /** The nodes that it runs on. */
  readonly targets: readonly Node[]
}

/** A finding with the check that made it. */
export interface Finding extends Omit<Found, 'fix'> {
  readonly check: Check
  readonly severity: Severity
  readonly fix?: Fix
}

/** A finding with the DaemonSet and the place in a file. */
export interface PlacedFinding extends Finding {
  readonly daemonSet: { readonly namespace: string; readonly name: string }
  /** Without the line's text where that holds what nobody should see. */
  readonly location: Location
}

export interface LintReport {
  /** By file in the order of reading, then from top to bottom. */
  readonly findings: readonly PlacedFinding[]
  readonly daemonSets: number
  /** DaemonSets that something was found in. */
  readonly withFindings: number
  /** What comments in the files passed over. */
  readonly suppressed: number
  /** Whether the checks that need nodes were asked. */
  readonly nodesGiven: boolean
}
