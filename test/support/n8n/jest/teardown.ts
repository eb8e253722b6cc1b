import { stopSharedServers } from '../sharedServers';

export default stopSharedServers;
