import { allAreas } from './areas.ts';
import { openEmbedded } from './gateways/embedded.ts';
import { testGateway } from './harness/suite.ts';

testGateway('embedded', allAreas, openEmbedded);
