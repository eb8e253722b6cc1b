import { createRequire } from 'node:module';

import { DirectoryLoader, PackageDirectoryLoader, RoutingNode } from 'n8n-core';
import type { ICredentialType, IExecuteFunctions, INodeType } from 'n8n-workflow';

import { TencentCloudApi } from '../../../credentials/TencentCloudApi.credentials';
import type * as Action from '../../../nodes/TencentVidu/TencentVidu.node';
import type * as Trigger from '../../../nodes/TencentVidu/TencentViduTrigger.node';

/** The node types and the credential type of the package, as n8n's engine runs them. */
export interface NodePackage {
	action: INodeType;
	trigger: INodeType;
	credential: ICredentialType;
}

const load = createRequire(__filename);

/** Loads the classes of the sources. */
function loadSources(): NodePackage {
	// With the extension, because tsx would resolve the .node.json file beside each.
	const { TencentVidu } = load('../../../nodes/TencentVidu/TencentVidu.node.ts') as typeof Action;
	const { TencentViduTrigger } = load(
		'../../../nodes/TencentVidu/TencentViduTrigger.node.ts',
	) as typeof Trigger;
	const action: INodeType = new TencentVidu();
	DirectoryLoader.applyDeclarativeNodeOptionParameters(action);
	return {
		action: withExecute(action),
		trigger: new TencentViduTrigger(),
		credential: new TencentCloudApi(),
	};
}

/** Loads what package.json in `folder` lists below `n8n`, by n8n's own loader. */
export async function loadBuiltPackage(folder: string): Promise<NodePackage> {
	const loader = new PackageDirectoryLoader(folder);
	await loader.loadAll();
	const typeOf = (name: string): INodeType => {
		const { type } = loader.getNode(name);
		if ('nodeVersions' in type) throw new Error(`${name} has more than one version`);
		return type;
	};
	return {
		action: withExecute(typeOf('tencentVidu')),
		trigger: typeOf('tencentViduTrigger'),
		credential: loader.getCredential('tencentCloudApi').type,
	};
}

/** Adds the `execute` that n8n gives to declarative nodes. */
export function withExecute(node: INodeType): INodeType {
	node.execute = async function (this: IExecuteFunctions) {
		const context = this as ConstructorParameters<typeof RoutingNode>[0];
		return (await new RoutingNode(context, node).runNode()) ?? [];
	};
	return node;
}

export const sourcePackage = loadSources();
