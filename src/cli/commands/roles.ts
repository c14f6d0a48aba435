import { Command } from 'commander';
import { rolesPage } from '../../http/rolesPage.js';
import { declaredRoutes } from '../../http/routes/declarations.js';
import { print } from '../output.js';

export const rolesCommand = new Command('roles')
  .description('print who may do what, as docs/roles.md holds it')
  .action(() => print(rolesPage(declaredRoutes()).trimEnd()));
