import {
  BinaryOperationNode,
  type KyselyPlugin,
  LimitNode,
  OperationNodeTransformer,
  OperatorNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PrimitiveValueListNode,
  type QueryId,
  ValueNode,
} from 'kysely';

/**
 * What PostgreSQL is told another way than SQLite. `in` and `not in` of an empty list it does not know; Kysely's own
 * plugin for that does not look into conditions that hold a further query. And a limit of one stands in the text: for a
 * limit that it is given later it plans a tenth of the table, and so anew each time.
 */
export class PostgresWords implements KyselyPlugin {
  readonly #transformer = new Transformer();

  transformQuery({ node, queryId }: PluginTransformQueryArgs) {
    return this.#transformer.transformNode(node, queryId);
  }

  async transformResult({ result }: PluginTransformResultArgs) {
    return result;
  }
}

const [zero, one] = [ValueNode.createImmediate(0), ValueNode.createImmediate(1)];
const never = BinaryOperationNode.create(one, OperatorNode.create('='), zero);
const always = BinaryOperationNode.create(one, OperatorNode.create('='), one);

class Transformer extends OperationNodeTransformer {
  protected override transformBinaryOperation(
    node: BinaryOperationNode,
    queryId?: QueryId,
  ): BinaryOperationNode {
    const { operator, rightOperand } = node;
    const ofList =
      OperatorNode.is(operator) && (operator.operator === 'in' || operator.operator === 'not in');
    if (ofList && PrimitiveValueListNode.is(rightOperand) && rightOperand.values.length === 0) {
      return operator.operator === 'in' ? never : always;
    }
    return super.transformBinaryOperation(node, queryId);
  }

  protected override transformLimit(node: LimitNode, queryId?: QueryId): LimitNode {
    const { limit } = node;
    return ValueNode.is(limit) && limit.value === 1
      ? LimitNode.create(one)
      : super.transformLimit(node, queryId);
  }
}
