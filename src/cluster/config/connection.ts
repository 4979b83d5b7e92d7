import type { KubeCluster, KubeUser } from './kubeconfig.ts'

/** kubectl's connection flags. An absent or empty one leaves the kubeconfig's value. */
export interface ConnectionFlags {
  readonly kubeconfig?: string
  readonly context?: string
  readonly cluster?: string
  readonly user?: string
  readonly namespace?: string
  readonly server?: string
  readonly token?: string
  readonly username?: string
  readonly password?: string
  readonly as?: string
  readonly asGroup?: readonly string[]
  readonly asUid?: string
  readonly asUserExtra?: readonly string[]
  readonly certificateAuthority?: string
  readonly clientCertificate?: string
  readonly clientKey?: string
  readonly tlsServerName?: string
  readonly insecureSkipTlsVerify?: boolean
  readonly requestTimeout?: string
  readonly disableCompression?: boolean
  readonly kuberc?: string
}

/** Where to connect, as whom, in which namespace. */
export interface Connection {
  readonly cluster: KubeCluster & { readonly server: string }
  readonly user: KubeUser
  readonly userName: string
  /** The file that the user stands in, to which renewed tokens are written. */
  readonly userFile?: string | undefined
  readonly contextName: string
  readonly namespace: string
  /** Whether the user named the namespace on the command line. */
  readonly namespaceGiven: boolean
  /** The preferences that `--kuberc` names. */
  readonly kuberc?: string | undefined
  /** Milliseconds; 0 waits for ever. */
  readonly requestTimeout: number
}
