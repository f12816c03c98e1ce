//! The functions of the contracts.

use alloy_sol_types::sol;

sol! {
    #[derive(Debug)]
    interface Token {
        function balanceOf(address of) external view returns (uint256);
        function totalSupply() external view returns (uint256);
        function approve(address spender, uint256 value) external returns (bool);
        function transfer(address to, uint256 value) external returns (bool);
        function transferFrom(address from, address to, uint256 value) external returns (bool);
        function deposit() external payable;
    }

    #[derive(Debug)]
    interface Factory {
        function createPair(address tokenA, address tokenB) external returns (address);
        function allPairs(uint256 place) external view returns (address);
        function allPairsLength() external view returns (uint256);
        function getPair(address tokenA, address tokenB) external view returns (address);
        function setFeeTo(address to) external;
    }

    #[derive(Debug)]
    interface Pair {
        function token0() external view returns (address);
        function token1() external view returns (address);
        function getReserves() external view returns (uint112, uint112, uint32);
        function totalSupply() external view returns (uint256);
        function kLast() external view returns (uint256);
        function price0CumulativeLast() external view returns (uint256);
        function price1CumulativeLast() external view returns (uint256);
        function mint(address to) external returns (uint256);
        function burn(address to) external returns (uint256, uint256);
        function swap(uint256 out0, uint256 out1, address to, bytes data) external;
        function skim(address to) external;
        function sync() external;
    }

    #[derive(Debug)]
    interface Router {
        function swapExactTokensForTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) external returns (uint256[]);
        function swapTokensForExactTokens(uint256 amountOut, uint256 amountInMax, address[] path, address to, uint256 deadline) external returns (uint256[]);
        function swapExactETHForTokens(uint256 amountOutMin, address[] path, address to, uint256 deadline) external payable returns (uint256[]);
        function swapTokensForExactETH(uint256 amountOut, uint256 amountInMax, address[] path, address to, uint256 deadline) external returns (uint256[]);
        function swapExactTokensForETH(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) external returns (uint256[]);
        function swapETHForExactTokens(uint256 amountOut, address[] path, address to, uint256 deadline) external payable returns (uint256[]);
        function swapExactTokensForTokensSupportingFeeOnTransferTokens(uint256 amountIn, uint256 amountOutMin, address[] path, address to, uint256 deadline) external;
        function addLiquidity(address tokenA, address tokenB, uint256 amountADesired, uint256 amountBDesired, uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline) external returns (uint256, uint256, uint256);
        function addLiquidityETH(address token, uint256 amountTokenDesired, uint256 amountTokenMin, uint256 amountETHMin, address to, uint256 deadline) external payable returns (uint256, uint256, uint256);
        function removeLiquidity(address tokenA, address tokenB, uint256 liquidity, uint256 amountAMin, uint256 amountBMin, address to, uint256 deadline) external returns (uint256, uint256);
        function removeLiquidityETH(address token, uint256 liquidity, uint256 amountTokenMin, uint256 amountETHMin, address to, uint256 deadline) external returns (uint256, uint256);
    }

    #[derive(Debug)]
    interface Borrower {
        function borrow(address pair, uint256[2] out, uint256[2] back) external;
    }

    #[derive(Debug)]
    interface Multicall3 {
        struct Call { address target; bytes callData; }
        function aggregate(Call[] calls) external payable returns (uint256 blockNumber, bytes[] returnData);
    }
}
