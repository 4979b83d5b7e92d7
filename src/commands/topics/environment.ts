import type { Definitions, TopicSpec } from '#cli/topics/spec.ts'

/** Every variable that kds reads. */
export const environmentTerms: Definitions = {
  terms: [
    ['KUBECONFIG', 'Kubeconfig files, separated as in PATH; the first to name a thing wins'],
    ['PATH', 'Where credential plugins, kustomize and kubectl are looked for'],
    ['HOME', 'Where .kube/config is looked for when KUBECONFIG is not set'],
    ['KUBERNETES_MASTER', 'Address of the API server where no kubeconfig names one'],
    ['POD_NAMESPACE', 'Namespace to use inside a pod, instead of that of its service account'],
    [
      'HTTPS_PROXY, HTTP_PROXY, NO_PROXY',
      'Proxy on the way to the API server, and for which hosts not to use it; lower case works too',
    ],
    ['KUBECTL_EXTERNAL_DIFF', 'Program that shows what kds diff finds, with its flags: "diff -u -N"'],
    ['SSL_CERT_FILE', 'Certificates of authorities to trust, where the kubeconfig names none'],
    ['TMPDIR', 'Where sandboxes keep their kubeconfig'],
    ['NO_COLOR', 'Switches colour off by being set, even to nothing; --color=always overrides it'],
    ['TERM, COLORTERM', 'How many colours there are; TERM=dumb switches colour off, and ASCII on'],
    ['WT_SESSION, TERM_PROGRAM, ConEmuANSI', 'On Windows: the console is one that shows more than ASCII'],
    ['LC_ALL, LC_CTYPE, LANG', 'Another encoding than UTF-8 has a terminal drawn in ASCII, as --ascii does'],
    ['COLUMNS, LINES', 'Size of the terminal, if it does not report it'],
    ['XDG_CACHE_HOME, LOCALAPPDATA', 'Where compiled code is kept between runs, instead of ~/.cache'],
    ['NODE_DISABLE_COMPILE_CACHE', 'With the value 1 no compiled code is kept'],
  ],
}

/** What kds reads without being told to. */
export const fileTerms: Definitions = {
  terms: [
    ['~/.kube/config', 'The kubeconfig, unless KUBECONFIG or --kubeconfig names others'],
    [
      '/var/run/secrets/kubernetes.io/serviceaccount/',
      'Token, certificate and namespace of the service account, used inside a pod without kubeconfig',
    ],
    ['~/.cache/kds/', 'Compiled code, kept from run to run; may be deleted'],
  ],
}

export const environmentTopic: TopicSpec = {
  name: 'environment',
  summary: 'Variables and files that kds reads',
  parts: () => [
    'kds is set up as kubectl is: the same variables, the same files, the same order of precedence. A flag overrides the variable, and the variable overrides the file.',
    environmentTerms,
    fileTerms,
  ],
}
