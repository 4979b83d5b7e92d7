import type { IntOrString } from '#kube/types.ts'

/** A kind of object that a step looks at, as kubectl names it. */
export type Looked =
  | 'pod'
  | 'node'
  | 'daemonset'
  | 'namespace'
  | 'resourcequota'
  | 'service'
  | 'validatingadmissionpolicy'
export type Listed =
  | 'priorityclasses'
  | 'runtimeclasses'
  | 'limitranges'
  | 'configmaps'
  | 'secrets'
  | 'serviceaccounts'
  | 'validatingwebhookconfigurations,mutatingwebhookconfigurations'

/** What somebody can do about a hold; a view makes a command of it. `when`: the condition under which it is right. */
export type NextStep = { readonly when?: string } & (
  | { readonly kind: 'undo'; readonly toRevision: number }
  /** `namespace`: another than the DaemonSet's. */
  | {
      readonly kind: 'describe'
      readonly what: Looked
      readonly name: string
      readonly namespace?: string | undefined
    }
  | { readonly kind: 'list'; readonly what: Listed }
  | { readonly kind: 'logs'; readonly pod: string; readonly container?: string; readonly previous: boolean }
  | { readonly kind: 'delete-node'; readonly node: string }
  | { readonly kind: 'delete-pod'; readonly pod: string; readonly force: boolean }
  /** Gives the rolling update more room. */
  | {
      readonly kind: 'raise-budget'
      readonly rule: 'maxUnavailable' | 'maxSurge'
      readonly from: IntOrString
      readonly to: number
    }
  | { readonly kind: 'set-priority-class'; readonly className: string }
  | { readonly kind: 'create-priority-class'; readonly name: string }
  | { readonly kind: 'create-service-account'; readonly name: string }
  /** The template names none any more. */
  | { readonly kind: 'unset-runtime-class' }
  /** What every container is to ask for, or at most to have, as `kubectl set resources` takes it. */
  | { readonly kind: 'set-resources'; readonly of: 'requests' | 'limits'; readonly amounts: string }
  /** Lets the namespace take pods of this level. */
  | { readonly kind: 'allow-pod-security'; readonly level: 'privileged' | 'baseline' }
  /** Everything that kds knows about one node. */
  | { readonly kind: 'why'; readonly node: string }
  | { readonly kind: 'wait'; readonly until?: number }
)
