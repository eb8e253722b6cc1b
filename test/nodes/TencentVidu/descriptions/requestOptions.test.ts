import { DirectoryLoader } from 'n8n-core';
import type { INodeProperties, INodeType } from 'n8n-workflow';

import { requestOptions } from '../../../../nodes/TencentVidu/descriptions/requestOptions';
import { TencentVidu } from '../../../../nodes/TencentVidu/TencentVidu.node';

const ofNode = (node: INodeType) => {
	DirectoryLoader.applyDeclarativeNodeOptionParameters(node);
	return node.description.properties.filter(({ name }) => name === 'requestOptions');
};

/** The rows of an option without what n8n reads nowhere but in the editor. */
const shapeOf = ({ name, type, default: value, options = [] }: INodeProperties): object => ({
	...{ name, type, default: value },
	options: options.map((option) =>
		'values' in option
			? { name: option.name, values: option.values.map(shapeOf) }
			: 'type' in option
				? shapeOf(option)
				: option,
	),
});

it('has the rows that n8n adds to declarative nodes without a webhook, but Batching', () => {
	const { description } = new TencentVidu();
	const properties = description.properties.filter(({ name }) => name !== 'requestOptions');
	const [added] = ofNode({ description: { ...description, properties } });
	const options = added?.options?.filter(({ name }) => name !== 'batching') ?? [];
	expect(added && shapeOf({ ...added, options })).toEqual(shapeOf(requestOptions));
});

it('is there once in the loaded node, which has a webhook', () => {
	expect(ofNode(new TencentVidu())).toEqual([requestOptions]);
});
