import { nameOf } from '#kube/names.ts'
import { labelValue } from '#kube/requirements.ts'
import type { Node } from '#kube/types.ts'
import type { PodInfo } from './pod-info.ts'
import type { Surroundings } from './surroundings.ts'

interface CountRules {
  /** A node without this label is in no domain. */
  readonly key: string
  /** What of these pods counts. */
  readonly count: (pods: readonly PodInfo[]) => number
  /** Nodes that are left out make no domain. Default: none is. */
  readonly counts?: (node: Node) => boolean
  /** All others have nothing that counts. Default: those of the surroundings. */
  readonly nodes?: readonly Node[]
}

/** The domain of a topology that a node is in. */
export const domainOf = ({ metadata }: Node, key: string): string | undefined =>
  labelValue(metadata?.labels, key)

/** How much there is in each domain of a topology, kept node by node, so that one may ask what would be with other pods on one. */
export class TopologyCounts {
  readonly #rules: CountRules
  readonly #around: Surroundings
  readonly #byDomain = new Map<string | undefined, number>()
  readonly #byNode = new Map<string, number>()
  #sum = 0

  constructor(rules: CountRules, around: Surroundings) {
    this.#rules = rules
    this.#around = around
    for (const node of rules.nodes ?? around.nodes) this.changed(node)
  }

  get key(): string {
    return this.#rules.key
  }

  domainOf(node: Node): string | undefined {
    return domainOf(node, this.#rules.key)
  }

  /** In the node's domain, if these pods were on the node; 0 where it is in none. */
  around(node: Node, pods: readonly PodInfo[]): number {
    return (this.#byDomain.get(this.domainOf(node)) ?? 0) + this.#difference(node, pods)
  }

  /** In all domains together, if these pods were on the node. */
  sum(node: Node, pods: readonly PodInfo[]): number {
    return this.#sum + this.#difference(node, pods)
  }

  get domains(): number {
    return this.#byDomain.size
  }

  /** The least in any domain. */
  get least(): number {
    return Math.min(...this.#byDomain.values())
  }

  /** Other pods are on the node from now on. */
  changed(node: Node): void {
    const domain = this.#countedDomainOf(node)
    if (domain === undefined) return
    const name = nameOf(node)
    const count = this.#rules.count(this.#around.podsOn(name))
    const more = count - (this.#byNode.get(name) ?? 0)
    this.#byNode.set(name, count)
    this.#byDomain.set(domain, (this.#byDomain.get(domain) ?? 0) + more)
    this.#sum += more
  }

  #countedDomainOf(node: Node): string | undefined {
    return this.#rules.counts?.(node) === false ? undefined : this.domainOf(node)
  }

  #difference(node: Node, pods: readonly PodInfo[]): number {
    if (this.#countedDomainOf(node) === undefined) return 0
    return this.#rules.count(pods) - (this.#byNode.get(nameOf(node)) ?? 0)
  }
}
