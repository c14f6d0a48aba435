import {
  BinaryOperationNode,
  type KyselyPlugin,
  OperationNodeTransformer,
  OperatorNode,
  type PluginTransformQueryArgs,
  type PluginTransformResultArgs,
  PrimitiveValueListNode,
  type QueryId,
  ValueNode,
} from 'kysely';

/**
 * `in` and `not in` of an empty list, which SQLite knows and PostgreSQL does not. Kysely's own plugin of this kind does
 * not look into conditions that hold a further query.
 */
export class EmptyLists implements KyselyPlugin {
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
}
