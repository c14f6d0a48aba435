import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import * as apps from 'kubernetes-models/apps/v1';
import * as autoscaling from 'kubernetes-models/autoscaling/v2';
import * as networking from 'kubernetes-models/networking.k8s.io/v1';
import * as policy from 'kubernetes-models/policy/v1';
import * as core from 'kubernetes-models/v1';
import { z } from 'zod';
import { stopDeadlineMs } from '../../src/cli/commands/serve.js';
import { packageRoot } from '../../src/packageRoot.js';
import { documentsOf, type KubernetesObject, kubernetesObjects } from './files.js';

interface Model {
  validate(): void;
}
type Models = Record<string, new (data: never) => Model>;
const groups: Record<string, { models: object; module: string }> = {
  v1: { models: core, module: 'kubernetes-models/v1' },
  'apps/v1': { models: apps, module: 'kubernetes-models/apps/v1' },
  'autoscaling/v2': { models: autoscaling, module: 'kubernetes-models/autoscaling/v2' },
  'networking.k8s.io/v1': { models: networking, module: 'kubernetes-models/networking.k8s.io/v1' },
  'policy/v1': { models: policy, module: 'kubernetes-models/policy/v1' },
};

const objects = kubernetesObjects();
const named = (kind: string, name = 'facematch') =>
  objects.find(({ object }) => object.kind === kind && object.metadata.name === name)!.object;

function validate(object: KubernetesObject): void {
  const models = groups[object.apiVersion]?.models as Models | undefined;
  const model = models?.[object.kind];
  if (model === undefined) throw new Error(`there is no ${object.apiVersion} ${object.kind}`);
  new model(object as never).validate();
}

for (const { file, object } of objects) {
  test(`${file}: ${object.kind} ${object.metadata.name} keeps to the schema of Kubernetes`, () => {
    validate(object);
    if (object.kind !== 'Namespace') assert.equal(object.metadata['namespace'], 'facematch');
  });
}

test('the schema notices mistakes', () => {
  const deployment = structuredClone(named('Deployment'));
  Object.assign(deployment['spec'] as object, { minReadySeconds: 'ten' });
  assert.throws(() => validate(deployment), /minReadySeconds/);
});

/** What the compiler has against the objects, as literals of the types made from the same schema. */
function misspelt(all: readonly KubernetesObject[]): string {
  mkdirSync(join(packageRoot, 'dist'), { recursive: true });
  const folder = mkdtempSync(join(packageRoot, 'dist', 'manifests-'));
  try {
    const lines = all.map(({ apiVersion, kind, ...rest }, index) => {
      const type = `import('${groups[apiVersion]?.module}').I${kind}`;
      return `export const object${index}: ${type} = ${JSON.stringify({ apiVersion, kind, ...rest })};`;
    });
    writeFileSync(join(folder, 'objects.ts'), lines.join('\n'));
    const compilerOptions = {
      strict: true,
      noEmit: true,
      skipLibCheck: true,
      types: [],
      target: 'ES2023',
      module: 'NodeNext',
      moduleResolution: 'NodeNext',
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['objects.ts'] }));
    const compiler = join(packageRoot, 'node_modules', '.bin', 'tsc');
    const { stdout, error } = spawnSync(compiler, ['-p', folder, '--pretty', 'false'], { encoding: 'utf8' });
    if (error !== undefined) throw error;
    return stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('no field of any object is unknown to Kubernetes, at any depth', () => {
  assert.equal(misspelt(objects.map(({ object }) => object)), '');
  const deployment = structuredClone(named('Deployment'));
  const { template } = z
    .looseObject({
      template: z.looseObject({ spec: z.looseObject({ containers: z.array(z.looseObject({})) }) }),
    })
    .parse(deployment['spec']);
  Object.assign(template.spec.containers[0]!, { securityContex: {} });
  Object.assign(deployment['spec'] as object, { template });
  assert.match(misspelt([deployment]), /securityContex/);
});

const podSpec = z.looseObject({
  terminationGracePeriodSeconds: z.number(),
  automountServiceAccountToken: z.literal(false),
  securityContext: z.looseObject({
    runAsNonRoot: z.literal(true),
    runAsUser: z.number().min(1),
    seccompProfile: z.strictObject({ type: z.literal('RuntimeDefault') }),
  }),
  containers: z.tuple([
    z.looseObject({
      image: z.string().regex(/:\d+\.\d+/),
      env: z.undefined().optional(),
      securityContext: z.strictObject({
        allowPrivilegeEscalation: z.literal(false),
        readOnlyRootFilesystem: z.literal(true),
        capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
      }),
      resources: z.looseObject({ limits: z.looseObject({ memory: z.string().regex(/^\d+Mi$/) }) }),
      lifecycle: z.looseObject({
        preStop: z.strictObject({ exec: z.strictObject({ command: z.array(z.string()) }) }),
      }),
      volumeMounts: z.array(z.looseObject({ name: z.string(), mountPath: z.string() })),
    }),
  ]),
  volumes: z.array(
    z.looseObject({ name: z.string(), secret: z.looseObject({ secretName: z.string() }).optional() }),
  ),
  hostNetwork: z.undefined().optional(),
  hostPID: z.undefined().optional(),
  hostIPC: z.undefined().optional(),
});
const pod = () => {
  const shape = z.looseObject({ template: z.looseObject({ spec: podSpec }) });
  return shape.parse(named('Deployment')['spec']).template.spec;
};

test('the pod keeps to what the namespace enforces: the restricted security standard', () => {
  const labels = z.record(z.string(), z.string()).parse(named('Namespace').metadata['labels']);
  assert.equal(labels['pod-security.kubernetes.io/enforce'], 'restricted');
  for (const volume of pod().volumes) assert.ok('secret' in volume || 'emptyDir' in volume, volume.name);
});

test('secrets are referred to, never written down, and every file that a setting names is mounted', () => {
  assert.equal(
    objects.some(({ object }) => object.kind === 'Secret'),
    false,
  );
  const settings = z.record(z.string(), z.string()).parse(named('ConfigMap', 'facematch-settings')['data']);
  const { volumes, containers } = pod();
  const secrets = new Set(volumes.flatMap(({ name, secret }) => (secret === undefined ? [] : [name])));
  const folders = containers[0].volumeMounts.filter(({ name }) => secrets.has(name)).map((m) => m.mountPath);
  const files = Object.entries(settings).filter(([name]) => name.endsWith('_FILE'));
  assert.ok(files.length >= 5);
  for (const [name, path] of files)
    assert.ok(
      folders.some((folder) => path.startsWith(`${folder}/`)),
      `${name}: nothing is mounted at ${path}`,
    );
});

test('a pod that is to stop has the time that the service takes, and memory for its children', () => {
  const { terminationGracePeriodSeconds, containers } = pod();
  const wait = Number(
    /setTimeout\(\(\) => \{\}, (\d+)\)/.exec(containers[0].lifecycle.preStop.exec.command.join(' '))?.[1],
  );
  assert.ok(wait >= 5000);
  assert.ok(terminationGracePeriodSeconds * 1000 >= wait + stopDeadlineMs + 10_000);
  const settings = z.record(z.string(), z.string()).parse(named('ConfigMap', 'facematch-settings')['data']);
  // And the one that makes the set of a next embedder.
  const count = Number(settings['FACEMATCH_WORKERS']) + 1;
  const children = count * Number(settings['FACEMATCH_WORKER_MEMORY_MB']);
  assert.ok(Number.parseInt(containers[0].resources.limits.memory, 10) >= children + 600);
});

test('whatever selects the pods names a label that they have', () => {
  const text = JSON.stringify(named('Deployment')['spec']);
  assert.match(text, /"labels":\{"app.kubernetes.io\/name":"facematch"\}/);
  const selecting = ['Deployment', 'PodDisruptionBudget', 'Service'].map((kind) => named(kind)['spec']);
  for (const spec of selecting) assert.match(JSON.stringify(spec), /"app.kubernetes.io\/name":"facematch"/);
  const scaled = z
    .looseObject({ scaleTargetRef: z.unknown() })
    .parse(named('HorizontalPodAutoscaler')['spec']);
  assert.deepEqual(scaled.scaleTargetRef, { apiVersion: 'apps/v1', kind: 'Deployment', name: 'facematch' });
});

test('nobody talks to anybody but as a policy names it', () => {
  const deny = z.strictObject({
    podSelector: z.strictObject({}),
    policyTypes: z.tuple([z.literal('Ingress'), z.literal('Egress')]),
  });
  deny.parse(named('NetworkPolicy', 'deny-everything')['spec']);
  const peer = z.looseObject({
    namespaceSelector: z.looseObject({}).optional(),
    ipBlock: z.looseObject({}).optional(),
  });
  const rule = z.looseObject({
    from: z.array(peer).min(1).optional(),
    to: z.array(peer).min(1).optional(),
    ports: z.array(z.looseObject({ port: z.number() })).min(1),
  });
  for (const { object } of objects.filter(({ object }) => object.kind === 'NetworkPolicy')) {
    const { ingress, egress } = z
      .looseObject({ ingress: z.array(rule).default([]), egress: z.array(rule).default([]) })
      .parse(object['spec']);
    for (const { from, to } of [...ingress, ...egress])
      assert.ok((from ?? to)?.every((other) => other.namespaceSelector ?? other.ipBlock));
  }
});

test('kustomization.yaml takes in every file', () => {
  const [kustomization] = documentsOf('deploy/kubernetes/kustomization.yaml');
  const { resources } = z.looseObject({ resources: z.array(z.string()) }).parse(kustomization);
  assert.deepEqual([...resources].sort(), [...new Set(objects.map(({ file }) => file))].sort());
});
