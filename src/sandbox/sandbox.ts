import { randomBytes } from 'node:crypto'
import { serverCertificate } from './certificate.ts'
import { runningClock, type SandboxClock } from './clock.ts'
import { type ClusterOptions, startCluster } from './cluster.ts'
import { type Fault, Faults } from './faults/faults.ts'
import { Activity } from './http/activity.ts'
import type { Serving } from './http/exchange.ts'
import { listen } from './http/server.ts'
import { kubeconfigText } from './kubeconfig.ts'
import { randomNames } from './names.ts'
import { type NodePool, simulatedNodes } from './simulated-nodes.ts'
import type { Store } from './store/store.ts'
import { WatchHub } from './store/watch-hub.ts'

export interface SandboxOptions extends Partial<ClusterOptions> {
  /** How many nodes to make up, in addition to those among `objects`. */
  readonly nodes?: number
  /** Further nodes, a pool of alike ones each. */
  readonly pools?: readonly (Partial<NodePool> & { readonly count: number })[]
  /** 0, the default, takes any that is free. */
  readonly port?: number
  /** How many times as fast as the real one the cluster's clock runs. Default 1. */
  readonly speed?: number
  /** Serves the endpoint that switches faults on and off (`http/control.ts`), and `control.faults`. */
  readonly faults?: boolean
  /** Closes the sandbox. */
  readonly signal?: AbortSignal
}

/** What a program in the same process can do to a running sandbox. */
interface SandboxControl {
  readonly store: Store
  readonly clock: SandboxClock
  /** How many watches are open. */
  openWatches(): number
  /** Ends all watches, as a restarting server does. */
  cutWatches(): void
  /** Forgets the history: older watches and pages are answered 410. */
  compact(): void
  /** Replaces the faults that are played. Throws unless the sandbox was started with `faults`. */
  setFaults(faults: readonly Fault[]): void
}

/** A Kubernetes API server in this process, with a simulated cluster behind it. */
export interface Sandbox {
  readonly url: string
  readonly port: number
  readonly token: string
  readonly caPem: string
  /** A whole kubeconfig file; it holds the token. */
  readonly kubeconfig: string
  readonly control: SandboxControl
  /** Milliseconds since the last request ended, or since the start; 0 while one is open. Who asks `/readyz` is not counted. */
  idle(): number
  close(): Promise<void>
}

/**
 * Starts a sandbox on 127.0.0.1: HTTPS with a certificate of its own, and a token made for it. Nothing is written to disk.
 *
 * @throws the system's error if the port is taken; `signal.reason` if it is aborted already.
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  options.signal?.throwIfAborted()
  const clock = options.clock ?? runningClock(options.speed ?? 1)
  const wallClock = options.clock ?? runningClock(1)
  const names = options.names ?? randomNames(Math.random)
  const { registry } = startCluster({
    clock,
    names,
    objects: [
      ...simulatedNodes(options.nodes ?? 0),
      ...(options.pools ?? []).flatMap((pool) => simulatedNodes(pool.count, pool)),
      ...(options.objects ?? []),
    ],
    behaviour: options.behaviour ?? {},
    logCapacity: options.logCapacity ?? 10_000,
    eventCapacity: options.eventCapacity ?? 40_000,
  })
  const hub = new WatchHub(wallClock, (task) => setImmediate(task))
  const token = randomBytes(32).toString('base64url')
  const certificate = serverCertificate(Date.now())
  const faults = options.faults ? new Faults() : undefined
  const place = { address: '' }
  const serving: Serving = { registry, hub, clock, wallClock, token, faults, address: () => place.address }
  const stopClocks = () => {
    clock.stop()
    wallClock.stop()
  }
  const activity = new Activity(() => wallClock.now())
  const server = await listen(serving, activity, certificate, options.port ?? 0).catch((error: unknown) => {
    stopClocks()
    throw error
  })
  place.address = `127.0.0.1:${server.port}`
  const url = `https://${place.address}`

  let closing: Promise<void> | undefined
  const close = () => {
    closing ??= (async () => {
      options.signal?.removeEventListener('abort', onAbort)
      hub.endAll()
      stopClocks()
      await server.close()
    })()
    return closing
  }
  const onAbort = () => void close()
  options.signal?.addEventListener('abort', onAbort, { once: true })
  if (options.signal?.aborted) await close()
  return {
    url,
    port: server.port,
    token,
    caPem: certificate.caPem,
    kubeconfig: kubeconfigText({ url, token, caPem: certificate.caPem }),
    close,
    idle: () => activity.idle(),
    control: controlOf(serving),
  }
}

function controlOf({ registry, hub, clock, faults }: Serving): SandboxControl {
  const { store } = registry
  return {
    store,
    clock,
    openWatches: () => hub.size,
    cutWatches: () => hub.endAll(),
    compact: () => store.compact(),
    setFaults(list) {
      if (!faults) throw new Error('the sandbox was started without faults')
      faults.set(list)
    },
  }
}
