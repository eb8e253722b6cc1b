// Loaded into n8n by `node --expose-gc --require`. SIGUSR2 prints the size of the live heap.
process.on('SIGUSR2', () => {
	global.gc();
	process.stderr.write(`heap of ${process.memoryUsage().heapUsed} bytes\n`);
});
