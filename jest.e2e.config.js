const { modulePathIgnorePatterns, transform } = require('./jest.config.js');

/** Files that make sense in only one version of n8n, or need only one. */
const onlyIn = {
	...{ browser: '2.41', dev: '2.41', examplesEditor: '2.41', layout: '2.41' },
	...{
		parking: '2.41',
		parkingEditor: '2.41',
		parkingInternational: '2.41',
		parkingQueue: '2.41',
		parkingOldN8n: '1.123',
	},
};

/** Files whose scenarios do not depend on the version: only the nightly run starts them in 1.123, too. */
const nightlyIn1123 = ['downloads', 'fields', 'memory', 'queue'];

const isNightly = process.env.E2E_NIGHTLY === 'true';

/** A version or tag that takes the place of 2.41: see test/support/n8n/install.ts. */
const candidate = process.env.N8N_CANDIDATE;

const versions = candidate ? ['2.41'] : ['2.41', '1.123'];

const excludedFrom = (version) => [
	...Object.keys(onlyIn).filter((name) => onlyIn[name] !== version),
	...(version === '1.123' && !isNightly ? nightlyIn1123 : []),
];

/** @type {import('jest').Config} */
module.exports = {
	projects: versions.map((version) => ({
		...{ modulePathIgnorePatterns, transform },
		displayName: `n8n ${candidate || version}`,
		globals: { N8N_VERSION: version },
		testEnvironment: '<rootDir>/test/support/n8n/jest/environment.ts',
		globalTeardown: '<rootDir>/test/support/n8n/jest/teardown.ts',
		testMatch: ['<rootDir>/test/e2e/**/*.e2e.ts'],
		testPathIgnorePatterns: excludedFrom(version).map((name) => `/${name}\\.e2e\\.ts$`),
	})),
	testTimeout: 600_000,
	// In one process, so that the files can share an n8n.
	maxWorkers: 1,
};
