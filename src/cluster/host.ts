import type { Agent } from 'node:http'
import type { Kubeconfig } from './config/connection.ts'

/** Where a configuration is looked for. */
export type ConfigHost = Pick<LiveHost, 'env' | 'cwd'>

/** What a live connection needs of the world. `main` gives the real things, tests give doubles. */
export interface LiveHost {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** The version of kds, for the User-Agent. */
  readonly version: string
  readonly stdinIsTerminal: boolean
  readonly clock: {
    now(): number
    sleep(ms: number, signal?: AbortSignal): Promise<void>
  }
  /** A number from 0 up to 1, for the jitter of retries. */
  readonly random: () => number
  /** What was begun before, see live/ahead. */
  readonly ahead?: Begun | undefined
  /** Runs a credential plugin. */
  readonly spawn?: SpawnPlugin
  /** Lines for `-v`; nothing secret is ever passed. */
  readonly log?: (level: number, text: string) => void
  /** A `Warning:` header of the server, told once each. */
  readonly warn?: (text: string) => void
}

/** A configuration that has been read, and connections to its server that are on their way. */
export interface Begun {
  /** The configuration that the flag `--kubeconfig` asks for; undefined where another was read. Fails as reading it does. */
  kubeconfig(path: string | undefined): Promise<Kubeconfig> | undefined
  /** Has an agent make its first connections to a server over those, if they lead there. */
  serve(agent: Agent, server: string): void
}

export interface PluginCall {
  readonly command: string
  readonly args: readonly string[]
  readonly env: LiveHost['env']
  /** Whether the plugin gets the user's stdin. */
  readonly interactive: boolean
}

/** How a plugin ended: with a code and its stdout, or not at all because it is not there (or may not be run). */
export type PluginResult =
  | { readonly code: number; readonly stdout: string }
  | { readonly missing: true }
  | { readonly failed: string }

export type SpawnPlugin = (call: PluginCall, signal?: AbortSignal) => Promise<PluginResult>
