import { pluginAreas } from './areas.ts';
import { openNginx } from './gateways/nginx.ts';
import { testGateway } from './harness/suite.ts';

testGateway('nginx', pluginAreas, openNginx);
