import type { Waiting } from '#cli/context.ts'
import type { Cluster } from '#cluster/port.ts'

/**
 * The same cluster, with a terminal told what it is asked, and how many objects have come so far, where an answer takes long.
 * A watch is followed by a view of its own.
 */
export function withProgress(cluster: Cluster, waiting: Waiting): Cluster {
  const [reading, writing] = ['reading', 'writing']
  return {
    get: (resource, name, options) =>
      waiting.during(reading, resource.plural, () => cluster.get(resource, name, options)),
    list: (resource, options) =>
      waiting.during(reading, resource.plural, (progress) =>
        cluster.list(resource, { ...options, progress }),
      ),
    watch: (resource, query) => cluster.watch(resource, query),
    create: (resource, object, options) =>
      waiting.during(writing, resource.plural, () => cluster.create(resource, object, options)),
    patch: (resource, name, patch, options) =>
      waiting.during(writing, resource.plural, () => cluster.patch(resource, name, patch, options)),
    delete: (resource, name, options) =>
      waiting.during(writing, resource.plural, () => cluster.delete(resource, name, options)),
    evict: (pod, options) => waiting.during(writing, 'pods', () => cluster.evict(pod, options)),
    version: (options) => waiting.during(reading, 'version', () => cluster.version(options)),
  }
}
