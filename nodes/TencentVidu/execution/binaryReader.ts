import type { IBinaryData, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { isFile } from '../request/image';
import { HEAD_BYTES } from '../request/imageType';
import type { BinaryReader } from '../request/inspectImage';
import { Semaphore } from '../transport/semaphore';

/** A run may have thousands of files: the process opens a few at once. */
const heads = new Semaphore(8);

/** The first bytes of a stream, which is destroyed then. */
async function headOf(stream: AsyncIterable<unknown>): Promise<Buffer> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of stream) {
		if (!(chunk instanceof Uint8Array)) continue;
		chunks.push(Buffer.from(chunk));
		length += chunk.length;
		if (length >= HEAD_BYTES) break;
	}
	return Buffer.concat(chunks).subarray(0, HEAD_BYTES);
}

/** What of n8n's helpers reads a file outside an item. */
type FileHelpers = Pick<IExecuteFunctions['helpers'], 'getBinaryStream' | 'getBinaryMetadata'>;

/** n8n 2 can keep the files of an item in its JSON. */
function namesOf({ binary = {}, json }: INodeExecutionData): string[] {
	return [...Object.keys(binary), ...Object.keys(json).filter((name) => isFile(json[name]))];
}

/** n8n's access to the binary data of one item. */
export function createBinaryReader(
	helpers: FileHelpers,
	stop: AbortSignal,
	{ item, find }: { item: () => INodeExecutionData; find: (field: string) => IBinaryData },
): BinaryReader {
	return {
		names: () => namesOf(item()),
		find,
		head: async (id) => {
			const open = async () => await headOf(await helpers.getBinaryStream(id, HEAD_BYTES));
			const head = await heads.run(open, stop);
			if (head === undefined) throw new Error('the run was stopped');
			return head;
		},
		size: async (id) => (await helpers.getBinaryMetadata(id)).fileSize,
		read: async (id) => {
			const chunks: Buffer[] = [];
			for await (const chunk of await helpers.getBinaryStream(id)) {
				if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
			}
			return Buffer.concat(chunks);
		},
	};
}
