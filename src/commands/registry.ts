import type { Registry } from '#cli/registry.ts'
import { applySpec } from './apply/spec.ts'
import { completionSpec } from './completion/spec.ts'
import { deleteSpec } from './delete/spec.ts'
import { describeSpec } from './describe/spec.ts'
import { diffSpec } from './diff/spec.ts'
import { getSpec } from './get/spec.ts'
import { kubectls } from './kubectls.ts'
import { lintSpec } from './lint/spec.ts'
import { mapSpec } from './map/spec.ts'
import { overheadSpec } from './overhead/spec.ts'
import { planSpec } from './plan/spec.ts'
import { podsSpec } from './pods/spec.ts'
import { revisionsSpec } from './revisions/spec.ts'
import { rolloutGroup } from './rollout/group.ts'
import { historySpec } from './rollout/history/spec.ts'
import { pauseSpec } from './rollout/pause/spec.ts'
import { restartSpec } from './rollout/restart/spec.ts'
import { resumeSpec } from './rollout/resume/spec.ts'
import { simulateSpec } from './rollout/simulate/spec.ts'
import { statusSpec } from './rollout/status/spec.ts'
import { undoSpec } from './rollout/undo/spec.ts'
import { abortSpec } from './rollout/waves/abort/spec.ts'
import { wavesSpec } from './rollout/waves/begin/spec.ts'
import { pauseWavesSpec } from './rollout/waves/pause/spec.ts'
import { promoteSpec } from './rollout/waves/promote/spec.ts'
import { resumeWavesSpec } from './rollout/waves/resume/spec.ts'
import { wavesStatusSpec } from './rollout/waves/status/spec.ts'
import { sandboxGroup } from './sandbox/group.ts'
import { kubeconfigSpec } from './sandbox/kubeconfig/spec.ts'
import { runSpec } from './sandbox/run/spec.ts'
import { startSpec } from './sandbox/start/spec.ts'
import { sandboxStatusSpec } from './sandbox/status/spec.ts'
import { stopSpec } from './sandbox/stop/spec.ts'
import { setGroup } from './set/group.ts'
import { setImageSpec } from './set/image/spec.ts'
import { connectionFlags, namespaceFlag } from './shared/connection-flags.ts'
import { snapshotSpec } from './snapshot/spec.ts'
import { environmentTerms, fileTerms } from './topics/environment.ts'
import { topics } from './topics/topics.ts'
import { versionSpec } from './version/spec.ts'
import { whatIfSpec } from './what-if/spec.ts'
import { whySpec } from './why/spec.ts'

/** Every command of kds. The shell knows them through this alone. */
export const registry: Registry = {
  root: {
    path: [],
    summary: 'the DaemonSet companion to kubectl',
    description: `kds tells where a DaemonSet will land, why not there, what applying a file will change, how its roll-out goes and how
to get back. It answers as the DaemonSet controller of Kubernetes v1.36 does, for a live cluster, from files alone, or
with a simulated cluster on this machine.`,
  },
  groups: [rolloutGroup, setGroup, sandboxGroup],
  commands: [
    planSpec,
    mapSpec,
    getSpec,
    statusSpec,
    historySpec,
    undoSpec,
    restartSpec,
    wavesSpec,
    simulateSpec,
    pauseSpec,
    resumeSpec,
    whySpec,
    podsSpec,
    describeSpec,
    applySpec,
    diffSpec,
    setImageSpec,
    lintSpec,
    whatIfSpec,
    overheadSpec,
    revisionsSpec,
    snapshotSpec,
    deleteSpec,
    wavesStatusSpec,
    pauseWavesSpec,
    resumeWavesSpec,
    promoteSpec,
    abortSpec,
    runSpec,
    startSpec,
    sandboxStatusSpec,
    kubeconfigSpec,
    stopSpec,
    completionSpec,
    versionSpec,
  ],
  kubectls,
  start: {
    examples: {
      'How are the DaemonSets of the cluster, and what is wrong?': 'kds get -A',
      'Where would it run, and what would applying it change?': 'kds plan -f daemonset.yaml',
      'Is a roll-out moving, and if not, what helps?': 'kds rollout status ds/NAME',
      'Why is there a pod on a node, or none?': 'kds why NODE',
      'A simulated cluster to try all of it on': 'kds sandbox run -- bash',
    },
    standing: async (context) => (await import('./bundles/live.ts')).standing(context),
  },
  topics,
  leadingFlags: [namespaceFlag, ...connectionFlags],
  environment: { variables: environmentTerms, files: fileTerms },
}
