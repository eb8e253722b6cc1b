import assert from 'node:assert/strict';

import node from '../../../nodes/TencentVidu/TencentVidu.node.json';
import trigger from '../../../nodes/TencentVidu/TencentViduTrigger.node.json';

// The editor takes whatever is of the category AI for a part of an agent, and does not find it
// before there is an agent on the canvas.
it.each([node, trigger])('$node is found from an empty canvas', ({ categories, alias }) => {
	assert.ok(!categories.includes('AI'));
	for (const word of ['vidu', 'tencent', 'image to video', 'i2v', 'video generation']) {
		assert.ok(alias.includes(word), word);
	}
});
