import mps from '../vendor/mps.json';
import sts from '../vendor/sts.json';
import vclm from '../vendor/vclm.json';

export interface VendorField {
	type: string;
	required: boolean;
}

export interface VendorApi {
	service: string;
	version: string;
	actions: Record<string, { request: string; response: string }>;
	structures: Record<string, Record<string, VendorField>>;
	integers: { fields: string[] };
	/** What International documents. Absent if both sites document the same. */
	international?: { actions: Record<string, string[]> };
	/** Absent if a request needs a region. */
	region?: { isRequired: boolean };
}

/** The vendor's typings by service. The service is the name in the credential scope of a signature. */
export const VENDOR: ReadonlyMap<string, VendorApi> = new Map<string, VendorApi>([
	['vclm', vclm],
	['mps', mps],
	['sts', sts],
]);
