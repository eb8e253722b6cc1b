import { DirectoryLoader } from 'n8n-core';
import type { INodeType } from 'n8n-workflow';
import * as n8nWorkflow from 'n8n-workflow';

import type * as Action from '../../../nodes/TencentVidu/TencentVidu.node';
import { type NodePackage, sourcePackage, withExecute } from './nodePackage';
import { virtualTime } from './virtualTime';

/** Loads the node once more, with modules of its own: nothing that the process remembers is shared. */
export function restartedPackage(): NodePackage {
	let action: INodeType | undefined;
	jest.isolateModules(() => {
		jest.doMock('n8n-workflow', () => n8nWorkflow);
		jest.doMock('../../../nodes/TencentVidu/clock', () => ({
			...jest.requireActual<object>('../../../nodes/TencentVidu/clock'),
			systemClock: virtualTime,
		}));
		const { TencentVidu } = jest.requireActual<typeof Action>(
			'../../../nodes/TencentVidu/TencentVidu.node.ts',
		);
		action = new TencentVidu();
	});
	if (!action) throw new Error('the node was not loaded');
	DirectoryLoader.applyDeclarativeNodeOptionParameters(action);
	return { ...sourcePackage, action: withExecute(action) };
}
