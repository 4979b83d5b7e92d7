import type { KubeCluster, KubeContext, KubeUser } from './kubeconfig-shape.ts'

/** kubectl's connection flags, by their names. An absent or empty one leaves the kubeconfig's value. */
export type ConnectionFlags = Readonly<
  Partial<
    Record<
      | ('kubeconfig' | 'context' | 'cluster' | 'user' | 'namespace' | 'request-timeout' | 'kuberc')
      | ('server' | 'certificate-authority' | 'tls-server-name')
      | ('token' | 'username' | 'password' | 'client-certificate' | 'client-key' | 'as' | 'as-uid'),
      string
    > &
      Record<'as-group' | 'as-user-extra', readonly string[]> &
      Record<'insecure-skip-tls-verify' | 'disable-compression', boolean>
  >
>

/** Those flags of some names that say something, as the fields of a kubeconfig, which are named alike. */
export const given = (flags: ConnectionFlags, ...names: readonly (keyof ConnectionFlags)[]): object =>
  Object.fromEntries(names.filter((name) => flags[name]).map((name) => [name, flags[name]]))

/** Several kubeconfig files merged into one, paths made absolute. */
export interface Kubeconfig {
  readonly currentContext: string
  readonly clusters: ReadonlyMap<string, KubeCluster>
  readonly users: ReadonlyMap<string, KubeUser>
  readonly contexts: ReadonlyMap<string, KubeContext>
  /** The file that each user stands in, to which renewed tokens are written. */
  readonly userFiles: ReadonlyMap<string, string>
}

/** Where to connect, as whom, in which namespace. */
export interface Connection {
  readonly cluster: KubeCluster & { readonly server: string }
  readonly user: KubeUser
  readonly userName: string
  /** The file that the user stands in, to which renewed tokens are written. */
  readonly userFile?: string | undefined
  readonly contextName: string
  /** `-n`, else the context's, else `default`. */
  readonly namespace: string
  /** Whether the user named the namespace on the command line. */
  readonly namespaceGiven: boolean
  /** The preferences that `--kuberc` names. */
  readonly kuberc?: string | undefined
  /** Milliseconds; 0 waits for ever. */
  readonly requestTimeout: number
}
